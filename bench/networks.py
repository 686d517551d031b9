"""The networks of the comparison, made with PyTorch, under stheno's names.

Weights go to disk once for all sides: as a safetensors file, which stheno and
PyTorch read, and as an ONNX model made by torch.onnx.
"""
import json
import os
import struct

# name, channels, size, batch
NETWORKS = [
    ("lenet5", 1, 28, 128),
    ("cifar_resnet20", 3, 32, 128),
    ("alexnet", 3, 224, 32),
    ("resnet18", 3, 224, 16),
    ("googlenet", 3, 224, 16),
    ("resnet50", 3, 224, 8),
    ("vgg16", 3, 224, 4),
    ("mobilenet_v2", 3, 224, 16),
]


def make(name):
    """The network as a torch module, in training mode, with weights of seed 1."""
    import torch

    torch.manual_seed(1)
    if name == "lenet5":
        return lenet5()
    if name == "cifar_resnet20":
        return cifar_resnet20()
    import torchvision

    extra = {"init_weights": False, "transform_input": False} if name == "googlenet" else {}
    return getattr(torchvision.models, name)(weights=None, **extra)


def lenet5():
    from collections import OrderedDict

    from torch import nn

    return nn.Sequential(OrderedDict([
        ("conv1", nn.Conv2d(1, 6, 5, padding=2)), ("relu1", nn.ReLU(inplace=True)), ("pool1", nn.MaxPool2d(2)),
        ("conv2", nn.Conv2d(6, 16, 5)), ("relu2", nn.ReLU(inplace=True)), ("pool2", nn.MaxPool2d(2)), ("flatten", nn.Flatten()),
        ("fc1", nn.Linear(400, 120)), ("relu3", nn.ReLU(inplace=True)), ("fc2", nn.Linear(120, 84)), ("relu4", nn.ReLU(inplace=True)),
        ("fc3", nn.Linear(84, 10))]))


def cifar_resnet20():
    import torch.nn.functional as F
    from torch import nn

    class Unit(nn.Module):
        def __init__(self, cin, cout, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(cout)
            self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(cout)
            self.stride, self.pad = stride, (cout - cin) // 2

        def forward(self, x):
            y = F.relu(self.bn1(self.conv1(x)), inplace=True)
            y = self.bn2(self.conv2(y))
            if self.stride > 1:  # option A: every other pixel, channels of zeros on both sides
                x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
            return F.relu(y + x, inplace=True)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(16)
            for i, (cin, cout, stride) in enumerate(((16, 16, 1), (16, 32, 2), (32, 64, 2))):
                setattr(self, f"layer{i + 1}", nn.Sequential(Unit(cin, cout, stride), Unit(cout, cout, 1), Unit(cout, cout, 1)))
            self.fc = nn.Linear(64, 10)

        def forward(self, x):
            x = F.relu(self.bn1(self.conv1(x)), inplace=True)
            x = self.layer3(self.layer2(self.layer1(x)))
            return self.fc(x.mean((2, 3)))

    return Net()


def images(channels, size, batch):
    """The images that stheno's measurements make up."""
    import numpy

    n = batch * channels * size * size
    return numpy.sin(numpy.arange(n)).astype(numpy.float32).reshape(batch, channels, size, size)


def save(module, path):
    """Writes a module's parameters and buffers as a safetensors file."""
    tensors = {k: v.contiguous() for k, v in module.state_dict().items() if v.is_floating_point()}
    header, at = {}, 0
    for name, t in tensors.items():
        end = at + 4 * t.numel()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, end]}
        at = end
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(head)))
        f.write(head)
        for t in tensors.values():
            f.write(t.numpy().tobytes())


def load(path, module):
    """Makes a module's parameters views of a safetensors file's bytes."""
    import warnings

    import torch

    with open(path, "rb") as f:
        data = f.read()
    n = struct.unpack("<Q", data[:8])[0]
    warnings.simplefilter("ignore")  # torch's, that bytes are read-only: inference does not write them
    state = {}
    for name, e in json.loads(data[8:8 + n]).items():
        first, end = e["data_offsets"]
        state[name] = torch.frombuffer(data, dtype=torch.float32, count=(end - first) // 4, offset=8 + n + first).reshape(e["shape"])
    module.load_state_dict(state, strict=False, assign=True)


def prepare(name, channels, size, batches, folder):
    """Puts the weights of a network on disk, for every side. Returns the first outputs of the first image."""
    import torch

    module = make(name)
    with torch.no_grad():  # as after some training, so that a norm does something
        for key, b in module.named_buffers():
            if key.endswith("running_mean"):
                b.normal_(0, 0.1)
            elif key.endswith("running_var"):
                b.uniform_(0.5, 1.5)
    module.eval()
    save(module, os.path.join(folder, name + ".safetensors"))
    for n in batches:
        path = os.path.join(folder, f"{name}_{n}.onnx")
        torch.onnx.export(module, (torch.from_numpy(images(channels, size, n)),), path, input_names=["x"], output_names=["y"], dynamo=True, verbose=False)
    with torch.inference_mode():
        y = module(torch.from_numpy(images(channels, size, 1)))
    return y[0, :10].tolist()
