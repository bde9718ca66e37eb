"""Trains an architecture of this repository in PyTorch, on random films that stay in memory, and prints films a second.

Arguments: architecture.json, batch size, threads (0 leaves PyTorch's own choice), layout (channels_first or channels_last), seconds.
On CUDA it computes in bfloat16 (autocast), as the trainer does there.
"""
import contextlib
import json
import sys
import time

import torch
from torch import nn


def build(architecture):
    steps, channels = [], architecture["input"].get("channels", 1)
    sample = torch.zeros(2, channels, architecture["input"]["height"], architecture["input"]["width"])
    for layer in architecture["layers"]:
        kind, added = layer["type"], []
        channels = sample.shape[1]
        if kind == "conv":
            kernel = layer.get("kernel", 3)
            padding = (kernel - 1) // 2 if layer.get("padding", "valid") == "same" else 0
            added.append(nn.Conv2d(channels, layer["filters"], kernel, stride=layer.get("stride", 1), padding=padding))
        elif kind == "max_pool":
            added.append(nn.MaxPool2d(layer.get("size", 2), layer.get("stride") or None))
        elif kind == "avg_pool":
            added.append(nn.AvgPool2d(layer.get("size", 2), layer.get("stride") or None))
        elif kind == "global_avg_pool":
            added += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        elif kind == "batch_norm":
            added.append(nn.BatchNorm2d(channels))
        elif kind == "dropout":
            added.append(nn.Dropout(layer["rate"]))
        elif kind == "flatten":
            added.append(nn.Flatten())
        elif kind == "dense":
            added.append(nn.Linear(channels, layer["units"]))
        else:
            raise ValueError(f"unknown layer {kind}")
        if layer.get("activation", "none") == "relu":
            added.append(nn.ReLU(inplace=True))
        for step in added:
            sample = step(sample)
        steps += added
    return nn.Sequential(*steps)


def main():
    path, batch, threads, layout, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], float(sys.argv[5])
    if threads:
        torch.set_num_threads(threads)
    with open(path, encoding="utf-8") as file:
        architecture = json.load(file)
    cuda = torch.cuda.is_available()
    device = torch.device("cuda:0" if cuda else "cpu")
    memory_format = getattr(torch, {"channels_first": "contiguous_format", "channels_last": "channels_last"}[layout])
    network = build(architecture).to(device, memory_format=memory_format)
    side = architecture["input"]
    films = torch.rand(batch, side.get("channels", 1), side["height"], side["width"], device=device).to(memory_format=memory_format)
    labels = torch.randint(0, 3, (batch,), device=device)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    objective = nn.CrossEntropyLoss()
    loss_sum = torch.zeros((), device=device)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", torch.bfloat16) if cuda else contextlib.nullcontext():
            loss = objective(network(films), labels)
        loss.backward()
        optimizer.step()
        loss_sum.add_(loss.detach())

    def run(duration):
        start, count = time.perf_counter(), 0
        while time.perf_counter() - start < duration:
            step()
            count += 1
            if cuda and count % 50 == 0:
                torch.cuda.synchronize()
        if cuda:
            torch.cuda.synchronize()
        return count * batch / (time.perf_counter() - start)

    run(seconds / 4)
    print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads(), "filmsPerSecond": run(seconds)}))


main()
