using Aspire.Hosting.Azure;
using Azure.Provisioning.AppContainers;

namespace XrayMlOps.AppHost;

/// <summary>How many workers there are, and on what machines.</summary>
internal static class Workers
{
    /// <summary>Every run that waits or is under way, as Hangfire counts them, needs a worker.</summary>
    private const string UnfinishedRuns = "SELECT COUNT(*) FROM hangfire.jobqueue WHERE queue IN ('gpu', 'default', 'cpu')";

    /// <summary>Several workers share the environment on one machine, but not a folder: its name holds what tells one replica from another.</summary>
    private const string FolderOfReplica = "xraymlops-work-{{- index .Annotations \"otel-service-instance-id\" -}}";

    public static IResourceBuilder<ProjectResource> WithWorkers(this IResourceBuilder<ProjectResource> worker, int count) =>
        worker.ApplicationBuilder.ExecutionContext.IsRunMode && count > 1
            ? worker.WithReplicas(count).WithEnvironment("Worker__Folder", Path.Combine(Path.GetTempPath(), FolderOfReplica))
            : worker.WithReplicas(count);

    /// <summary>In Azure, runs workers on the machines of <see cref="ContainerApps.WithGpuProfile"/>, as many as there are runs, and none on an empty queue.</summary>
    public static IResourceBuilder<ProjectResource> TrainOnGpu(
        this IResourceBuilder<ProjectResource> worker, PlatformSettings settings, Stores stores, IResourceBuilder<AzureUserAssignedIdentityResource> identity) =>
        worker.PublishAsAzureContainerApp((infrastructure, app) =>
        {
            app.WorkloadProfileName = ContainerApps.GpuProfile;
            app.Template.Containers[0].Value!.Resources = settings.Gpu == GpuKind.A100
                ? new AppContainerResources { Cpu = 24, Memory = "220Gi" }
                : new AppContainerResources { Cpu = 8, Memory = "56Gi" };
            app.Template.Scale.MinReplicas = 0;
            app.Template.Scale.MaxReplicas = settings.Workers;
            app.Template.Scale.Rules =
            [
                new ContainerAppScaleRule
                {
                    Name = "runs",
                    Custom = new ContainerAppCustomScaleRule
                    {
                        CustomScaleRuleType = "postgresql",
                        Identity = identity.Resource.Id.AsProvisioningParameter(infrastructure),
                        Metadata =
                        {
                            { "host", new BicepOutputReference("hostName", stores.Server!.Resource).AsProvisioningParameter(infrastructure) },
                            { "port", "5432" },
                            { "userName", identity.Resource.PrincipalName.AsProvisioningParameter(infrastructure) },
                            { "dbName", Stores.Database },
                            { "sslmode", "require" },
                            { "query", UnfinishedRuns },
                            { "targetQueryValue", "1" },
                        },
                    },
                },
            ];
        });
}
