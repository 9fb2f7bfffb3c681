"""A strip: where a value stands among its peers, as a small drawing without text."""

from decimal import Decimal

from pipelines.publish.rows import Row, number_of

WIDTH, HEIGHT, MARGIN = 140, 14, 6
INK, BAND, BOX, POINT = "#1b2430", "#d5dbe3", "#8fb4d6", "#b34700"


def strip(row: Row) -> str:
    """SVG of one line of `vues.fiche_pairs`: first to last decile, quartiles, median, and the value itself.

    A value outside the deciles is drawn at the edge as a hollow point.
    """
    low, high = (Decimal(number_of(row, name)) for name in ("decile_1", "decile_9"))
    span = (high - low) or Decimal(1)

    def x(name: str) -> float:
        share = min(max((number_of(row, name) - low) / span, Decimal(0)), Decimal(1))
        return round(float(MARGIN + share * (WIDTH - 2 * MARGIN)), 1)

    outside = not low <= number_of(row, "valeur") <= high
    middle = HEIGHT / 2
    left, right = x("quartile_bas"), x("quartile_haut")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect x="{MARGIN}" y="{middle - 1.5}" width="{WIDTH - 2 * MARGIN}" height="3" fill="{BAND}"/>'
        f'<rect x="{left}" y="{middle - 4}" width="{max(round(right - left, 1), 1)}" height="8" fill="{BOX}"/>'
        f'<rect x="{round(x("mediane") - 0.75, 2)}" y="{middle - 5.5}" width="1.5" height="11" fill="{INK}"/>'
        f'<circle cx="{x("valeur")}" cy="{middle}" r="3.6" fill="{"#ffffff" if outside else POINT}" '
        f'stroke="{POINT}" stroke-width="1.6"/></svg>'
    )
