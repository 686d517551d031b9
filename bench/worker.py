"""One side of the comparison, in a process of its own: compare.py starts it.

    python3 bench/worker.py '{"rival": "onnxruntime", "name": "resnet18", ...}'

It prints one JSON object for the version, then measures once for every line of
standard input. With "first" it prints its first answer and ends.
"""
import json
import os
import sys
import time

begun = time.perf_counter()
here = os.path.dirname(os.path.abspath(__file__))


def memory():
    """The process's peak resident set in bytes."""
    try:
        with open("/proc/self/status") as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def onnxruntime(spec):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = spec["threads"]
    options.inter_op_num_threads = 1

    def start():
        session = ort.InferenceSession(spec["onnx"], options, providers=["CPUExecutionProvider"])
        return lambda x: session.run(None, {"x": x})[0]

    return ort.__version__, start


def openvino(spec):
    import openvino as ov

    def start():
        core = ov.Core()
        core.set_property("CPU", {"INFERENCE_PRECISION_HINT": "f32"})  # not bfloat16, where the machine has it
        model = core.compile_model(spec["onnx"], "CPU", {
            "INFERENCE_NUM_THREADS": spec["threads"], "NUM_STREAMS": "1", "PERFORMANCE_HINT": "LATENCY"})
        request, ports = model.create_infer_request(), model.inputs
        out = model.outputs[0]
        return lambda x: request.infer({ports[0]: x}, share_inputs=True)[out]

    return ov.__version__.split("-")[0], start


def pytorch(spec):
    import torch
    import torch.nn.functional as F

    sys.path.insert(0, here)
    import networks

    torch.set_num_threads(spec["threads"])
    layout = torch.channels_last if "channels_last" in spec["rival"] else torch.contiguous_format
    compiled = "compile" in spec["rival"]
    if compiled:
        import torch._inductor.config as inductor

        inductor.freezing = not spec["train"]  # folds the weights in, for inference

    def make():
        with torch.device("meta"):
            module = networks.make(spec["name"])
        if spec["train"]:
            module = networks.make(spec["name"])
        else:
            networks.load(spec["weights"], module)
        return module.to(memory_format=layout)

    def start():
        module = make().eval()
        if compiled:
            module = torch.compile(module)

        def run(x):
            with torch.inference_mode() if not compiled else torch.no_grad():
                return module(torch.from_numpy(x).contiguous(memory_format=layout)).numpy()

        return run

    def train():
        module = make().train()
        optimizer = torch.optim.SGD(module.parameters(), 1e-6, momentum=0.9, fused=True)
        classes = 10 if spec["size"] <= 32 else 1000
        target = torch.tensor([(7 * n + 3) % classes for n in range(spec["batch"])])

        def loss(x):
            out = module(x)
            if isinstance(out, tuple):  # googlenet: main and two auxiliary heads
                return F.cross_entropy(out[0], target) + 0.3 * (F.cross_entropy(out[1], target) + F.cross_entropy(out[2], target))
            return F.cross_entropy(out, target)

        if compiled:
            loss = torch.compile(loss)

        def step(x):
            optimizer.zero_grad(set_to_none=True)
            loss(torch.from_numpy(x).contiguous(memory_format=layout)).backward()
            optimizer.step()

        return step

    return torch.__version__.split("+")[0], train if spec["train"] else start


def main():
    spec = json.loads(sys.argv[1])
    maker = {"onnxruntime": onnxruntime, "openvino": openvino}.get(spec["rival"], pytorch)
    version, start = maker(spec)
    import numpy

    n = spec["batch"] * spec["channels"] * spec["size"] ** 2
    x = numpy.sin(numpy.arange(n)).astype(numpy.float32).reshape(spec["batch"], spec["channels"], spec["size"], spec["size"])
    imported, base = time.perf_counter(), memory()
    run = start()
    y = run(x)
    if spec.get("first"):
        print(json.dumps({"answer": [float(v) for v in y[0][:10]], "version": version, "import_ms": (imported - begun) * 1e3,
                          "ms": (time.perf_counter() - imported) * 1e3, "peak_memory_bytes": memory(), "base_memory_bytes": base}), flush=True)
        return
    for _ in range(2):
        run(x)
    print(json.dumps({"version": version}), flush=True)
    for _ in sys.stdin:
        times, begin, busy = [], time.perf_counter(), time.process_time()
        while len(times) < 3 or time.perf_counter() - begin < spec["seconds"]:
            t = time.perf_counter()
            run(x)
            times.append(time.perf_counter() - t)
        busy = time.process_time() - busy
        times.sort()
        print(json.dumps({"ms_per_step": times[len(times) // 2] * 1e3, "cpu_ms_per_step": busy * 1e3 / len(times), "runs": len(times), "peak_memory_bytes": memory(), "base_memory_bytes": base}), flush=True)


if __name__ == "__main__":
    main()
