using System.Text.Json.Nodes;
using XrayMlOps.Infra.Tests.Azure;

namespace XrayMlOps.Infra.Tests.Containers;

/// <summary>What the SDK would put into the images, asked of the build without making one.</summary>
public sealed class ImagesTests
{
    private const string Chiseled = "mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled";

    [Theory]
    [InlineData("ControlPlane", "", $"{Chiseled}-extra", "8080")]
    [InlineData("Worker", "", Chiseled, "8080")]
    [InlineData("Worker", "TorchBackend=cuda", "mcr.microsoft.com/dotnet/aspnet:10.0-noble", "8080")]
    [InlineData("InferenceApi", "", Chiseled, "8080 8081")]
    [InlineData("InferenceApi", "OnnxBackend=cuda", "nvcr.io/nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04", "8080 8081")]
    [InlineData("Trainer", "", "mcr.microsoft.com/dotnet/runtime:10.0-noble-chiseled", "")]
    public async Task Image_is_made_on_the_least_that_the_host_needs(string project, string property, string baseImage, string ports)
    {
        string[] properties = property is "" ? [] : [$"-p:{property}"];
        var run = await ProgramRun.Of(
            "dotnet",
            ["msbuild", RepositoryFiles.At($"src/XrayMlOps.{project}"), "-nodeReuse:false", "-p:RuntimeIdentifier=linux-x64", "-p:_IsPublishing=true", .. properties, "-t:ComputeContainerConfig",
             "-getProperty:ContainerBaseImage,ContainerUser,ContainerRepository", "-getItem:ContainerPort,ContainerEnvironmentVariable"]);
        var image = JsonNode.Parse(run.Succeeded().Output)!;
        Assert.Equal(baseImage, image.Text("Properties.ContainerBaseImage"));
        Assert.Equal("1654", image.Text("Properties.ContainerUser"));
        Assert.StartsWith("xraymlops/", image.Text("Properties.ContainerRepository"), StringComparison.Ordinal);
        Assert.Equal(ports, string.Join(' ', image.Items("Items.ContainerPort").Select(port => port.Text("Identity")).Order(StringComparer.Ordinal)));
        Assert.Equal(property is not "", image.Items("Items.ContainerEnvironmentVariable").Any(variable => variable.Text("Identity") == "NVIDIA_VISIBLE_DEVICES"));
    }
}
