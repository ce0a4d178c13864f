using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PaymentEngine.App.Operations.Cash;
using PaymentEngine.App.Web.Access;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.App.Web.Sessions;
using PaymentEngine.Core.CashPayouts;

namespace PaymentEngine.App.Web.Pages.Cash;

/// <summary>A printed list to be kept: workbook and CSV to fill in, PDF with receipts and codes to sign.</summary>
static class CashDocuments
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/cash/lists/{list}/paper.{form}", ListAsync).RequireRule();

    static async Task ListAsync(HttpContext http, WebParts parts, string list, string form)
    {
        if (!CashListId.Parse(list).TryGet(out var id) || form is not ("csv" or "xlsx" or "pdf"))
        {
            await Refusals.WriteAsync(http, StatusCodes.Status404NotFound, [Refusals.NotThere]);
            return;
        }

        var (caller, context, cancel) = (http.Person()!.Caller, parts.Context, http.RequestAborted);
        var work = Directory.CreateTempSubdirectory("payengine-list-");
        try
        {
            using var printing = form == "pdf" ? await Papers.PrinterAsync(cancel) : null;
            var written = await new CashPayouts(parts.Database, parts.Clock, context.Files, context.Printer).WriteAsync(caller, id, work.FullName, form == "pdf", cancel);
            if (!written.TryGet(out var paper))
            {
                await Papers.RefuseAsync(http, written.Problems);
                return;
            }

            await parts.Doorway.ExportedAsync(caller, "page cash list", paper.Items, [id.ToString()]);
            var (path, type) = form switch { "csv" => (paper.CsvFile, "text/csv; charset=utf-8"), "xlsx" => (paper.WorkbookFile, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), _ => (paper.PdfFile!, "application/pdf") };
            await Papers.SendAsync(http, type, Path.GetFileName(path), await File.ReadAllBytesAsync(path, cancel));
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }
}
