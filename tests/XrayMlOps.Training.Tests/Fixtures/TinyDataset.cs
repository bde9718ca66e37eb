namespace XrayMlOps.Training.Tests.Fixtures;

/// <summary>Noisy square films whose class shows in which third of the film is bright. Two films a patient.</summary>
internal sealed record TinyDataset(int Side = 16, int Films = 60)
{
    /// <summary>The arrays of the packed dataset; a test may spoil one before <see cref="Npz.Write"/>.</summary>
    public Dictionary<string, byte[]> Arrays()
    {
        var random = new Random(7);
        var images = new byte[Films * Side * Side];
        var (labels, splits, patients) = (new long[Films], new byte[Films], new long[Films]);
        for (var film = 0; film < Films; film++)
        {
            patients[film] = film / 2;
            labels[film] = patients[film] % 3;
            splits[film] = (byte)(patients[film] % 5 < 3 ? 0 : patients[film] % 5 - 2);
            for (var pixel = 0; pixel < Side * Side; pixel++)
            {
                var bright = pixel / Side * 3 / Side == labels[film];
                images[film * Side * Side + pixel] = (byte)(random.Next(100) + (bright ? 120 : 20));
            }
        }
        return new()
        {
            ["images"] = Npz.Array<byte>("|u1", $"{Films}, {Side}, {Side}", images),
            ["labels"] = Npz.Array<long>("<i8", $"{Films},", labels),
            ["splits"] = Npz.Array<byte>("|u1", $"{Films},", splits),
            ["patients"] = Npz.Array<long>("<i8", $"{Films},", patients),
        };
    }
}
