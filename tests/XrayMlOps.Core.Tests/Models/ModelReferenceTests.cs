using XrayMlOps.Core.Models;

namespace XrayMlOps.Core.Tests.Models;

public sealed class ModelReferenceTests
{
    [Theory]
    [InlineData("chest-xray", "chest-xray", "champion", null)]
    [InlineData("chest-xray@challenger", "chest-xray", "challenger", null)]
    [InlineData("chest-xray:3", "chest-xray", null, 3)]
    public void TryParse_good_references_are_read(string text, string name, string? alias, int? version)
    {
        Assert.True(ModelReference.TryParse(text, out var reference));
        Assert.Equal(new ModelReference(name, alias, version), reference);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a@b@c")]
    [InlineData("a:0")]
    [InlineData("a:x")]
    [InlineData("a@")]
    [InlineData(":1")]
    [InlineData("A")]
    public void TryParse_bad_references_are_refused(string text) => Assert.False(ModelReference.TryParse(text, out _));
}
