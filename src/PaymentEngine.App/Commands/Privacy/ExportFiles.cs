using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Operations.Privacy;
using PaymentEngine.Messages.Paper;

namespace PaymentEngine.App.Commands.Privacy;

/// <summary>What commands that take people out as files have in common: the purpose, and the mark on paper.</summary>
static class ExportFiles
{
    /// <summary><c>--purpose</c>: asked for where a file is written; its absence is told by the operation, so that no keyboard is waited for.</summary>
    public static Option<string?> Purpose(CommandContext context) =>
        new("--purpose") { HelpName = "TEXT", Description = context.Text("Tệp dùng để làm gì, giao cho ai; được ghi lại và in trong tệp", "What the file is for and who gets it; kept, and printed in the file") };

    /// <summary>The document with the export at the foot of every page.</summary>
    public static PaperDocument Marked(PaperDocument document, DataExport export) => document with { Foot = document.Foot is null ? export.Mark : $"{document.Foot} · {export.Mark}" };
}
