namespace XrayMlOps.Client;

/// <summary>
/// Asks an inference host about films. The <see cref="HttpClient.BaseAddress"/> is the host's, such as <c>http://127.0.0.1:5080</c>; its <see cref="HttpClient.DefaultRequestHeaders"/> carry the
/// caller's API key or access token, as <c>Authorization = new("Bearer", key)</c>. One serves
/// any number of requests at a time. Whatever the host refuses is an <see cref="ApiException"/>.
/// </summary>
public partial class InferenceClient;
