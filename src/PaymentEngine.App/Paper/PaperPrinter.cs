using System.ComponentModel;
using System.Diagnostics;
using PaymentEngine.App.Files;
using PaymentEngine.Core;

namespace PaymentEngine.App.Paper;

/// <summary>Prints pages for paper as PDF: headless Chromium, run once for each page as a process of its own, without network, with a profile folder that is gone afterwards.</summary>
/// <param name="files">Where the PDF appears, whole or not at all.</param>
/// <param name="named">The browser a person named (<c>PAYENGINE_CHROMIUM</c>); empty: the first one found on the search path.</param>
public sealed class PaperPrinter(IFiles files, string named)
{
    /// <summary>How to get what prints.</summary>
    public const string HowToInstall = "Install Chromium and the Noto fonts (Debian and Ubuntu: apt-get install chromium fonts-noto-core), or name a browser of the Chromium family in PAYENGINE_CHROMIUM. The same page is there as HTML: any browser prints it.";

    /// <summary>Five thousand rows take about eleven seconds on two cores; a machine that is ten times slower still ends in time.</summary>
    const int TimeoutSeconds = 120;

    static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge-stable", "microsoft-edge"];

    /// <summary>The browser that would print; null when there is none.</summary>
    public string? Browser => named.Length > 0 ? (File.Exists(named) ? named : null)
        : Names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Why nothing can be printed here; null when it can. Asked before anything is decided, so that a missing browser stops a command and not its papers.</summary>
    /// <returns><c>neighbour.browser_missing</c> (exit 5).</returns>
    public Problem? Missing() => Browser is not null ? null
        : new Problem("neighbour.browser_missing", named.Length > 0 ? $"There is no program {named}, which PAYENGINE_CHROMIUM names to print with." : "There is no Chromium on this machine to print with.", HowToInstall);

    /// <summary>Prints one page. An older file of that name gives way only when the new one is whole.</summary>
    /// <param name="page">Writes the page: one HTML document that needs nothing from elsewhere.</param>
    /// <param name="pdf">Where the PDF goes; its folder is there.</param>
    /// <param name="cancel">Ends the browser at once; nothing appears.</param>
    /// <returns>True; or <c>neighbour.browser_missing</c>, <c>neighbour.browser_slow</c>, <c>neighbour.browser_failed</c> (all exit 5), and then no file has appeared.</returns>
    public async Task<Result<bool>> PrintAsync(Action<Stream> page, string pdf, CancellationToken cancel = default)
    {
        if (Missing() is { } missing) return missing;
        // For its owner alone: the page names people, and so does what the browser keeps beside it.
        var work = Directory.CreateTempSubdirectory("payengine-paper-");
        try
        {
            var (source, printed) = (Path.Combine(work.FullName, "page.html"), Path.Combine(work.FullName, "page.pdf"));
            await using (var stream = new FileStream(source, FileMode.CreateNew, FileAccess.Write)) page(stream);
            var (exit, said) = await RunAsync(Browser!, work.FullName, source, printed, cancel);
            if (exit is null)
                return new Problem("neighbour.browser_slow", $"{Browser} did not print {Path.GetFileName(pdf)} within {TimeoutSeconds} seconds and was ended.", "Nothing was written. Run the command again when the machine is less busy, or print the HTML page.");
            if (exit != 0 || !IsWhole(printed))
                return new Problem("neighbour.browser_failed", $"{Browser} did not print {Path.GetFileName(pdf)} (exit {exit}): {LastLine(said)}", "Nothing was written. Try it by hand with the HTML page, or name another browser in PAYENGINE_CHROMIUM.");
            files.Replace(pdf, target =>
            {
                using var whole = File.OpenRead(printed);
                whole.CopyTo(target);
            });
            return true;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>Writes a page as its file's ending says: .html as it is, .pdf printed.</summary>
    /// <param name="page">Writes the page.</param>
    /// <param name="path">The file; its folder is made when it is not there.</param>
    /// <param name="cancel">Ends the browser at once; nothing appears.</param>
    /// <returns>True; or <c>usage.paper_file</c> (another ending), and what <see cref="PrintAsync"/> refuses.</returns>
    public async Task<Result<bool>> WriteAsync(Action<Stream> page, string path, CancellationToken cancel = default)
    {
        if (WhyNot(path) is { } refused) return refused;
        files.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (Path.GetExtension(path).Equals(".pdf", StringComparison.OrdinalIgnoreCase)) return await PrintAsync(page, path, cancel);
        files.Replace(path, page);
        return true;
    }

    /// <summary>Why no page can be written there; null when one can. Asked before anything is decided.</summary>
    public Problem? WhyNot(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".html" => null,
        ".pdf" => Missing(),
        _ => new Problem("usage.paper_file", $"'{path}' is neither an HTML page nor a PDF file.", "Name the file with its ending: .html or .pdf."),
    };

    /// <summary>A PDF says at its first byte what it is and at its end that it is all there.</summary>
    static bool IsWhole(string pdf)
    {
        if (!File.Exists(pdf)) return false;
        using var stream = File.OpenRead(pdf);
        Span<byte> ends = stackalloc byte[32];
        if (stream.ReadAtLeast(ends, 5, throwOnEndOfStream: false) < 5 || !ends.StartsWith("%PDF-"u8)) return false;
        stream.Seek(-Math.Min(stream.Length, ends.Length), SeekOrigin.End);
        return ends[..stream.Read(ends)].IndexOf("%%EOF"u8) >= 0;
    }

    /// <summary>Runs the browser; null as exit when its time was over.</summary>
    static async Task<(int? Exit, string Said)> RunAsync(string browser, string work, string source, string printed, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(browser) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = work };
        foreach (var flag in Flags(work, printed)) start.ArgumentList.Add(flag);
        start.ArgumentList.Add(new Uri(source).AbsoluteUri);
        // Nothing of the person's own browser is read or written.
        foreach (var name in (string[])["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "TMPDIR"]) start.Environment[name] = work;
        foreach (var name in (string[])["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"]) start.Environment.Remove(name);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception refused)
        {
            return (-1, refused.Message);
        }

        using (process)
        using (var time = CancellationTokenSource.CreateLinkedTokenSource(cancel))
        {
            time.CancelAfter(TimeSpan.FromSeconds(TimeoutSeconds));
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
            try
            {
                await process.WaitForExitAsync(time.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
                cancel.ThrowIfCancellationRequested();
                return (null, "");
            }

            return (process.ExitCode, await output + await error);
        }
    }

    static IEnumerable<string> Flags(string work, string printed)
    {
        // The page needs nothing from elsewhere and the browser gets nothing: every name resolves to nothing, and what it would ask for on its own is switched off.
        string[] flags =
        [
            "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync", "--disable-background-networking", "--disable-component-update",
            "--disable-domain-reliability", "--disable-client-side-phishing-detection", "--disable-default-apps", "--disable-quic", "--disable-breakpad", "--disable-crash-reporter", "--metrics-recording-only",
            "--no-pings", "--password-store=basic", "--use-mock-keychain", "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9", "--disable-dev-shm-usage", "--lang=vi",
            $"--user-data-dir={Path.Combine(work, "profile")}", "--no-pdf-header-footer", $"--print-to-pdf={printed}",
        ];
        foreach (var flag in flags) yield return flag;
        // The browser refuses to start as root inside its sandbox. What it opens is our own page.
        if (Environment.IsPrivilegedProcess) yield return "--no-sandbox";
    }

    static string LastLine(string said) => said.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0) ?? "it said nothing";
}
