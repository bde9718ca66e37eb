using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

public sealed class DatasetReferenceTests
{
    private static readonly string Sha = new('a', 64);

    [Theory]
    [InlineData("chest", "chest", null, false)]
    [InlineData("chest@latest", "chest", null, false)]
    [InlineData("chest-2.x_y@17", "chest-2.x_y", 17, false)]
    [InlineData("chest@sha256:", "chest", null, true)]
    public void TryParse_good_references_are_read(string text, string name, int? number, bool digest)
    {
        Assert.True(DatasetReference.TryParse(digest ? text + Sha : text, out var reference));
        Assert.Equal(new DatasetReference(name, number, digest ? Sha : null), reference);
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("1.5")]
    [InlineData("2026-07")]
    public void TryParse_any_name_but_latest_and_numbers_is_a_tag(string tag)
    {
        Assert.True(DatasetReference.TryParse($"chest@{tag}", out var reference));
        Assert.Equal(new DatasetReference("chest", Tag: tag), reference);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@1")]
    [InlineData("Chest")]
    [InlineData("-chest")]
    [InlineData("../chest")]
    [InlineData("chest@0")]
    [InlineData("chest@-1")]
    [InlineData("chest@newest!")]
    [InlineData("chest@99999999999")]
    [InlineData("chest@sha256:abc")]
    public void TryParse_bad_references_are_refused(string text) => Assert.False(DatasetReference.TryParse(text, out _));
}
