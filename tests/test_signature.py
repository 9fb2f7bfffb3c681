"""A release says who made it: signed by OpenSSH, held against the keys one knows, never half made for a bad key."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from fixtures_entrepots import EDITION, REGION
from test_upkeep import changed
from typer.testing import CliRunner

from pipelines import cli, steps
from pipelines.arrival import diagnosis
from pipelines.errors import BuildError, UsageError
from pipelines.releases import acts, manifest, signature
from pipelines.settings import Settings
from pipelines.upkeep import verify

RUN = CliRunner()
NAME = "atlas@agence.example"


def key(path: Path, passphrase: str = "") -> Path:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture
def signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = key(tmp_path / "cle")
    monkeypatch.setenv(signature.VARIABLE, str(made))
    return made


@pytest.fixture
def signers(tmp_path: Path, signer: Path) -> Path:
    """The file of known keys, that a reader was given."""
    return known(tmp_path / "signataires", signer)


def known(file: Path, *keys: Path, options: str = 'namespaces="atlas"') -> Path:
    lines = [f"{NAME} {options} {k.with_suffix('.pub').read_text(encoding='utf-8')}" for k in keys]
    file.write_text("".join(lines), encoding="utf-8")
    return file


def sealed(folder: Path) -> Path:
    folder.mkdir()
    (folder / "a.csv").write_text("n\n1\n", encoding="utf-8")
    manifest.seal(folder, {"fichiers": manifest.listed(folder)})
    manifest.sign(folder)
    return folder


def told(folder: Path, *options: object) -> tuple[int, str]:
    done = RUN.invoke(cli.app, ["verifier", str(folder), *map(str, options)])
    return done.exit_code, done.output


def test_a_release_is_not_signed_unless_a_key_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(signature.VARIABLE, raising=False)
    folder = sealed(tmp_path / "p")
    assert not (folder / manifest.SIGNATURE).exists()
    code, said = told(folder)
    assert (code, "Signature : non signée" in said) == (0, True)


def test_a_signed_release_is_told_by_whom(tmp_path: Path, signers: Path) -> None:
    folder = sealed(tmp_path / "p")
    assert (folder / manifest.SIGNATURE).stat().st_mode & 0o777 == 0o444
    code, said = told(folder, "--signataires", signers)
    assert (code, f"Signature : signée par {NAME}" in said) == (0, True)
    code, said = told(folder)
    assert (code, "signée par la clé SHA256:" in said) == (0, True)


def test_anybody_verifies_it_without_the_atlas(tmp_path: Path, signers: Path) -> None:
    folder = sealed(tmp_path / "p")
    command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", NAME, "-n", "atlas", "-s", manifest.SIGNATURE]
    with (folder / manifest.SUMS).open("rb") as sums:
        assert subprocess.run(command, cwd=folder, stdin=sums, capture_output=True).returncode == 0


def test_the_same_bytes_have_the_same_signature(tmp_path: Path, signer: Path) -> None:
    one, other = sealed(tmp_path / "a"), sealed(tmp_path / "b")
    assert (one / manifest.SIGNATURE).read_bytes() == (other / manifest.SIGNATURE).read_bytes()


def test_a_signature_that_was_taken_away_is_missed(tmp_path: Path, signers: Path) -> None:
    folder = sealed(tmp_path / "p")
    (folder / manifest.SIGNATURE).unlink()
    code, said = told(folder, "--signataires", signers)
    assert (code, "non signée" in said) == (5, True)


@pytest.mark.parametrize("who", ["une autre clé", "pour un autre usage", "un fichier vide"])
def test_a_signature_by_nobody_known_is_false(tmp_path: Path, signer: Path, who: str) -> None:
    folder = sealed(tmp_path / "p")
    file = {
        "une autre clé": lambda: known(tmp_path / "s", key(tmp_path / "autre")),
        "pour un autre usage": lambda: known(tmp_path / "s", signer, options='namespaces="git"'),
        "un fichier vide": lambda: known(tmp_path / "s"),
    }[who]()
    code, said = told(folder, "--signataires", file)
    assert (code, "fausse signature" in said) == (5, True)


def test_hashes_changed_with_the_files_no_longer_agree_with_the_signature(tmp_path: Path, signers: Path) -> None:
    """The forgery that hashes alone don't show: a file, both lists, all redone; only the key lacks."""
    folder = sealed(tmp_path / "p")
    kept = (folder / manifest.SIGNATURE).read_bytes()
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "a.csv").write_text("n\n2\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(signature.VARIABLE)
        manifest.seal(folder, {"fichiers": manifest.listed(folder)})
    assert verify.of_release(folder) == []
    (folder / manifest.SIGNATURE).write_bytes(kept)
    (folder / manifest.SIGNATURE).chmod(0o444)
    for options in ((), ("--signataires", signers)):
        code, said = told(folder, *options)
        assert (code, "fausse signature" in said) == (5, True)


def test_a_changed_file_is_told_though_the_signature_is_good(tmp_path: Path, signers: Path) -> None:
    folder = sealed(tmp_path / "p")
    changed(folder / "a.csv")
    code, said = told(folder, "--signataires", signers)
    assert (code, "a.csv" in said, f"signée par {NAME}" in said) == (5, True, True)


def bad_keys(tmp_path: Path) -> dict[str, Path]:
    open_ = key(tmp_path / "ouverte")
    open_.chmod(0o644)
    none = tmp_path / "texte"
    none.write_text("pas une clé", encoding="utf-8")
    none.chmod(0o600)
    return {
        "n'est pas là": tmp_path / "absente",
        "phrase de passe": key(tmp_path / "fermee", "une phrase"),
        "peut être lue par d'autres": open_,
        "ne signe pas": none,
    }


@pytest.mark.parametrize("why", ["n'est pas là", "phrase de passe", "peut être lue par d'autres", "ne signe pas"])
def test_a_key_that_cannot_sign_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    monkeypatch.setenv(signature.VARIABLE, str(bad_keys(tmp_path)[why]))
    with pytest.raises(BuildError, match=why):
        sealed(tmp_path / "p")


def test_without_openssh_it_is_told(tmp_path: Path, signers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sealed(tmp_path / "p")
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said = told(folder)
    assert (code, "ssh-keygen n'est pas installé" in said) == (0, True)
    with pytest.raises(UsageError, match="n'est pas installé"):
        verify.of_release(folder, signers)
    with pytest.raises(BuildError, match="n'est pas installé"):
        sealed(tmp_path / "q")


def test_a_key_that_could_not_sign_is_told_before_anything_is_made(
    tmp_path: Path, signer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosis, "diagnose", list)
    done = RUN.invoke(cli.app, ["doctor", "--json"])
    assert (done.exit_code, json.loads(done.stdout)[0]["etat"]) == (0, "bon")
    monkeypatch.setenv(signature.VARIABLE, str(tmp_path / "absente"))
    done = RUN.invoke(cli.app, ["doctor", "--json"])
    assert (done.exit_code, json.loads(done.stdout)[0]["objet"]) == (4, "clé de signature")
    monkeypatch.delenv(signature.VARIABLE)
    assert RUN.invoke(cli.app, ["doctor", "--json"]).stdout.strip() == "[]"


def test_known_keys_that_are_no_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="signataires"):
        verify.of_release(sealed(tmp_path / "p"), tmp_path / "nulle-part")


@pytest.mark.lent
def test_a_release_is_signed_or_not_made_at_all(numbered: Settings, tmp_path: Path, signers: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(signature.VARIABLE, str(tmp_path / "absente"))
        with pytest.raises(BuildError, match="n'est pas là"):
            steps.publish(EDITION, REGION)
    assert [*numbered.releases.glob("*/*")] == []
    # A draft isn't signed: it would pass for what somebody approved.
    made = acts.draft(EDITION, REGION)
    assert made is not None
    assert not (made.files(numbered) / manifest.SIGNATURE).exists()
    folder = Path(acts.approve(made.id))
    assert verify.of_release(folder, signers) == []
    assert Path(steps.publish(EDITION, REGION)) == folder  # signed or not, the same content is not released twice
