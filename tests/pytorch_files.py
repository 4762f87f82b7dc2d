"""PyTorch files made by hand, without PyTorch."""

import collections
import io
import pickle
import sys
import types
import zipfile

import numpy as np


def torch_names(monkeypatch):
    """A module with the names that a pickle by PyTorch refers to, for writing one."""
    module, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in ("FloatStorage", "LongStorage"):
        setattr(module, name, type(name, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2(*arguments):
        raise AssertionError("the reader has a function of its own")

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    monkeypatch.setitem(sys.modules, "torch", module)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)
    return module


class Stored:
    """A tensor as a pickle sees it."""

    def __init__(self, kind, key, count, shape, strides, offset=0):
        self.storage = ("storage", kind, key, "cpu", count)
        self.arguments = (offset, shape, strides, False, collections.OrderedDict())

    def __reduce__(self):
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        return rebuild, (Storage(self.storage), *self.arguments)


class Storage:
    def __init__(self, pid):
        self.pid = pid


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.pid if isinstance(value, Storage) else None


def pickled(value):
    file = io.BytesIO()
    Pickler(file, protocol=2).dump(value)
    return file.getvalue()


def write_state(path, arrays, torch):
    """Write a state dict as the zip archive of today. torch: of `torch_names`."""
    content = collections.OrderedDict()
    with zipfile.ZipFile(path, "w") as archive:
        for key, (name, array) in enumerate(arrays.items()):
            array = np.ascontiguousarray(array, "<f4")
            strides = tuple(step // 4 for step in array.strides)
            content[name] = Stored(torch.FloatStorage, str(key), array.size, array.shape, strides)
            archive.writestr(f"archive/data/{key}", array.tobytes())
        archive.writestr("archive/data.pkl", pickled(content))
