using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Inference.Scheduling;

namespace XrayMlOps.Inference.Tests.Scheduling;

internal static class TestEngine
{
    public static InferenceEngine With(InferenceEngineOptions options) => new(new FilmDecoder(ImagingLimits.Default), options);
}
