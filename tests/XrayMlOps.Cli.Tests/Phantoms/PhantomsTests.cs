using System.Text.Json;

namespace XrayMlOps.Cli.Tests.Phantoms;

public sealed class PhantomsTests
{
    [Fact]
    public async Task Phantoms_are_written_as_asked_for()
    {
        using var folder = new TestFolder();
        var written = await XrayRun.Json<JsonElement>("phantoms", folder.Path, "--films", "3", "--seed", "9");
        Assert.Equal(9, written.GetProperty("films").GetInt32());
        Assert.Equal(9, Directory.GetFiles(folder.Path, "*.jpeg", SearchOption.AllDirectories).Length);
    }
}
