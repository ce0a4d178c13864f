namespace PaymentEngine.ServiceTests;

/// <summary>Logs people in through the real program as approval, release and pay-out want it: with an authenticator, whose secret stands in a file beside the session.</summary>
static class Proven
{
    /// <summary>Sets the authenticator up at the first time. The session of <paramref name="environment"/> is proven afterwards.</summary>
    public static async Task LogInAsync(Dictionary<string, string> environment, string name, string passwordFile)
    {
        var secret = Path.Combine(Path.GetDirectoryName(passwordFile)!, name + ".totp");
        if (!File.Exists(secret))
        {
            await DoneAsync("login", name, "--password-file", passwordFile);
            await DoneAsync("user", "totp", "--out", secret, "--code-file", secret);
        }

        await DoneAsync("login", name, "--password-file", passwordFile, "--code-file", secret);

        async Task DoneAsync(params string[] args)
        {
            var (exit, _, error) = await TheProgram.RunAsync(environment, args);
            Assert.True(exit == 0, error);
        }
    }
}
