using Aspire.Hosting.Azure.AppContainers;
using Azure.Provisioning.AppContainers;

namespace XrayMlOps.AppHost;

/// <summary>How hosts are probed and ended, and how they run in Azure Container Apps.</summary>
internal static class ContainerApps
{
    public const string GpuProfile = "gpu";

    /// <summary>Readiness asks for all that the host needs, liveness for the process alone. A path may carry one probe: each adds a health check of its name.</summary>
    public static IResourceBuilder<ProjectResource> WithProbes(this IResourceBuilder<ProjectResource> host) => host
        .WithHttpProbe(ProbeType.Readiness, "/health", periodSeconds: 5, timeoutSeconds: 5)
        .WithHttpProbe(ProbeType.Liveness, "/alive", initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6);

    /// <summary>Has a host that is replaced take requests until nothing sends it any: two probes later.</summary>
    public static IResourceBuilder<ProjectResource> DrainedWhenReplaced(this IResourceBuilder<ProjectResource> host) =>
        host.ApplicationBuilder.ExecutionContext.IsPublishMode ? host.WithEnvironment("Shutdown__DrainSeconds", "10") : host;

    /// <summary>Adds machines with a graphics processor, which are there, and paid, only while something runs on them.</summary>
    public static void WithGpuProfile(this IResourceBuilder<AzureContainerAppEnvironmentResource> environment, GpuKind gpu) => environment.ConfigureInfrastructure(infrastructure =>
        infrastructure.GetProvisionableResources().OfType<ContainerAppManagedEnvironment>().Single().WorkloadProfiles.Add(
            new ContainerAppWorkloadProfile { Name = GpuProfile, WorkloadProfileType = gpu == GpuKind.A100 ? "Consumption-GPU-NC24-A100" : "Consumption-GPU-NC8as-T4" }));

    /// <summary>Adds inference hosts while each has more requests at once than its processors keep up with.</summary>
    public static IResourceBuilder<ProjectResource> ScaleOnRequests(this IResourceBuilder<ProjectResource> inference, int most) =>
        inference.PublishAsAzureContainerApp((_, app) =>
        {
            app.Template.Containers[0].Value!.Resources = new AppContainerResources { Cpu = 2, Memory = "4Gi" };
            app.Template.Scale.MaxReplicas = most;
            app.Template.Scale.Rules =
            [
                new ContainerAppScaleRule { Name = "requests", Http = new ContainerAppHttpScaleRule { Metadata = { { "concurrentRequests", "16" } } } },
            ];
        });
}
