"""What runs need of the machine: who writes, which records are kept whole, what a step has read, how processes end."""
