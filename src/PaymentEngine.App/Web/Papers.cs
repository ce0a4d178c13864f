using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.Core;
using PaymentEngine.Messages.Paper;

namespace PaymentEngine.App.Web;

/// <summary>Documents that leave by the door: workbooks at once, PDF by one browser process each, at most two at a time.</summary>
static class Papers
{
    const int PrintersMax = 2;

    static readonly SemaphoreSlim Printers = new(PrintersMax);

    public static bool IsForm(string form) => form is "pdf" or "xlsx";

    /// <summary>Refuses; what is not the asker's reads as what is not there.</summary>
    public static Task RefuseAsync(HttpContext http, IReadOnlyList<Problem> problems)
    {
        var told = Refusals.OfSought(problems);
        return Refusals.WriteAsync(http, Refusals.StatusOf(told[0]), told);
    }

    /// <summary>Sends a document as <c>xlsx</c> or <c>pdf</c>.</summary>
    public static async Task WriteAsync(HttpContext http, WebParts parts, PaperDocument paper, string name, string form)
    {
        if (form == "xlsx")
        {
            using var workbook = new MemoryStream();
            paper.WriteWorkbook(workbook);
            await SendAsync(http, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name + ".xlsx", workbook.ToArray());
            return;
        }

        using var printing = await PrinterAsync(http.RequestAborted);
        var work = Directory.CreateTempSubdirectory("payengine-page-");
        try
        {
            var path = Path.Combine(work.FullName, "paper.pdf");
            var printed = await parts.Context.Printer.PrintAsync(paper.WritePage, path, http.RequestAborted);
            if (!printed.IsOk) await RefuseAsync(http, printed.Problems);
            else await SendAsync(http, "application/pdf", name + ".pdf", await File.ReadAllBytesAsync(path, http.RequestAborted));
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>Waits until one of the few browser processes may be started; disposing gives the place back.</summary>
    public static async Task<IDisposable> PrinterAsync(CancellationToken cancel)
    {
        await Printers.WaitAsync(cancel);
        return new Place();
    }

    sealed class Place : IDisposable
    {
        public void Dispose() => Printers.Release();
    }

    /// <summary>Sends bytes to be kept as a file, never to be opened as a page of ours.</summary>
    public static Task SendAsync(HttpContext http, string type, string name, byte[] bytes)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = bytes.Length;
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = new Microsoft.Extensions.Primitives.StringSegment(name) }.ToString();
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }
}
