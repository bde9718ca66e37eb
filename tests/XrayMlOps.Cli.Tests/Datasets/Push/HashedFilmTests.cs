using System.Diagnostics;
using System.Net.Sockets;
using XrayMlOps.Cli.Datasets;
using XrayMlOps.Cli.Datasets.Push;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Tests.Datasets.Push;

public sealed class HashedFilmTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pipe.png")]
    [InlineData("socket.png")]
    [InlineData("link.png")]
    public async Task Film_that_is_a_pipe_a_socket_or_a_link_to_one_is_refused_and_not_waited_for(string name)
    {
        using var mkfifo = Process.Start("mkfifo", Path.Combine(_folder.Path, "pipe.png"));
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder.Path, "socket.png")));
        var path = Path.Combine(_folder.Path, name);
        if (name == "link.png") File.CreateSymbolicLink(path, Path.Combine(_folder.Path, "pipe.png"));

        var (film, problem) = await Task.Run(() => HashedFilm.Read(new LabelledFilm(path, name, ImageLabel.Normal, NamedPatient: null)))
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Null(film);
        Assert.Contains("pipe", problem, StringComparison.Ordinal);
        Assert.False(HashedFilm.IsSecret(path, name));
    }

    [Fact]
    public void Film_behind_a_link_is_read()
    {
        var path = _folder.WritePhantom("film.png", ImageLabel.Normal, patient: 1);
        var link = File.CreateSymbolicLink(Path.Combine(_folder.Path, "link.png"), path).FullName;
        var (film, _) = HashedFilm.Read(new LabelledFilm(link, "link.png", ImageLabel.Normal, NamedPatient: null));
        Assert.Equal(new FileInfo(path).Length, film?.Bytes);
    }
}
