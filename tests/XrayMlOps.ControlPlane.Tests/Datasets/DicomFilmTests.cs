using System.Net;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Imaging.Dicom;
using XrayMlOps.Testing;

namespace XrayMlOps.ControlPlane.Tests.Datasets;

public sealed class DicomFilmTests
{
    [Fact]
    public async Task Film_that_names_its_patient_is_not_stored_and_its_deidentified_form_is()
    {
        await using var host = await RegistryHost.StartAsync();
        var film = DicomFile.Of(24, 20, [.. Enumerable.Range(0, 24 * 20)], stored: 12).Set(0x0010_0010, "PN", "Kuznetsov^Ivan").Build();
        var clean = host.Services.GetRequiredService<DicomDeidentifier>().Deidentify(film).Content!;

        using var refused = await host.PutFilmAsync(Digest.Of(film), film);
        var reason = await refused.Content.ReadAsStringAsync(RegistryHost.Token);
        using var taken = await host.PutFilmAsync(Digest.Of(clean), clean);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("PatientName (0010,0010)", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Kuznetsov", reason, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Equal([Digest.Of(film)], await host.MissingAsync([Digest.Of(film), Digest.Of(clean)], verify: true));
    }
}
