namespace XrayMlOps.InferenceApi;

/// <summary>
/// Has a thread for each processor serve the network, as nginx and Node do: it takes what came and handles the request itself, rather than wake a thread of the
/// pool for each step, which takes half as much processor time again beside the films' scoring (measured: README). What handles a request on such a thread must not
/// block; decoding and scoring have threads of their own. For a process that does nothing else.
/// </summary>
internal static class NetworkLoops
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>To be called before the process makes a socket. The runtime's variable, where it is set, counts.</summary>
    public static void UseNetworkLoops(this WebApplicationBuilder builder)
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null) Environment.SetEnvironmentVariable(InlineCompletions, "1");
        if (Environment.GetEnvironmentVariable(InlineCompletions) != "1") return;
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
    }
}
