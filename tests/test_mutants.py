"""The faults that `make mutants` puts in on purpose: the named ones still have their place, and a change is one."""

import pytest
from mutants import edits, maps, named


def test_each_named_fault_still_has_its_place() -> None:
    mutants = named.all_of(named.ROOT)
    assert len({mutant.id for mutant in mutants}) == len(mutants)
    for mutant in mutants:
        assert mutant.mutated != mutant.original, mutant.id


def test_a_named_fault_whose_place_is_gone_is_told() -> None:
    with pytest.raises(ValueError, match="se trouve 0 fois dans README"):
        named.mutant(named.ROOT, {"nom": "essai", "fichier": "README.md", "remplace": {"n’y est pas": ""}})


def test_edits_are_made_where_they_were_found() -> None:
    text = "a + b - c"
    both = edits.swapped("échange", text, (0, 1), (8, 9))
    assert both.make(text) == "c + b - a"
    assert edits.edited("ajout", text, edits.Edit(5, 5, " + 1")).make(text) == "a + b + 1 - c"


def test_a_map_loses_a_heading_or_two_are_exchanged_and_nothing_else_moves() -> None:
    text = 'table,name,type,unit,description,2022,2023\nt,a,INTEGER,,mot,A,\nt,b,INTEGER,,"deux, mots",B,B2\n'
    found = [(place.operator, place.make(text).splitlines()[1:]) for place in maps.columns(text)]
    assert ("colonnes échangées", ["t,a,INTEGER,,mot,B,", 't,b,INTEGER,,"deux, mots",A,B2']) in found
    assert ("colonne perdue une année", ["t,a,INTEGER,,mot,A,", 't,b,INTEGER,,"deux, mots",B,-']) in found
    assert len(found) == 4
