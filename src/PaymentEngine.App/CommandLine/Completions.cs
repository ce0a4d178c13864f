using System.CommandLine;
using System.CommandLine.Completions;
using NodaTime;
using PaymentEngine.App.Commands;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages.LawFiles;
using PaymentEngine.Messages;
using PaymentEngine.Postgres.Cluster;

namespace PaymentEngine.App.CommandLine;

/// <summary>What the shell offers behind a word: runs, months and banks. Quick or silent: a key that is pressed twice waits for nobody.</summary>
static class Completions
{
    static readonly TimeSpan AnswerWithin = TimeSpan.FromMilliseconds(300);

    const int MonthsOffered = 6;

    /// <summary>Gives every argument and option that names a run, a month or a bank what can be said there.</summary>
    public static void Offer(Command command, CommandContext context)
    {
        foreach (var argument in command.Arguments)
        {
            if (argument.CompletionSources.Count > 0 && argument.ValueType.IsEnum) continue;
            if (SourceOf(argument.Name, argument.HelpName, context) is { } source) argument.CompletionSources.Add(source);
        }

        foreach (var option in command.Options)
        {
            if (SourceOf(option.Name.TrimStart('-'), option.HelpName, context) is { } source) option.CompletionSources.Add(source);
        }

        foreach (var verb in command.Subcommands) Offer(verb, context);
    }

    static Func<CompletionContext, IEnumerable<CompletionItem>>? SourceOf(string name, string? helpName, CommandContext context) => (name, helpName) switch
    {
        ("run", "R|YYYY-MM") => _ => [.. Runs(context), .. Months(context)],
        ("run" or "R", _) => _ => Runs(context),
        ("month" or "MONTH", _) or (_, "YYYY-MM") => _ => Months(context),
        ("bank" or "BIN", _) => _ => Banks(),
        ("profile", "ID") => _ => BankProfiles.All.Select(profile => new CompletionItem(profile.Id)),
        _ => null,
    };

    static IEnumerable<CompletionItem> Months(CommandContext context)
    {
        var next = ThisMonth(context).Plus(1);
        return Enumerable.Range(0, MonthsOffered).Select(back => new CompletionItem(next.Plus(-back).Text()));
    }

    static YearMonth ThisMonth(CommandContext context)
    {
        var today = context.Clock.GetCurrentInstant().WithOffset(Offset.FromHours(7)).Date;
        return new YearMonth(today.Year, today.Month);
    }

    static IEnumerable<CompletionItem> Banks() => BankDirectory.All.Select(bank => new CompletionItem(bank.Bin, detail: bank.ShortName));

    /// <summary>Runs of this month and the last, for whoever is logged in; nothing where that would take a server's start or longer than a blink.</summary>
    static IEnumerable<CompletionItem> Runs(CommandContext context)
    {
        if (SessionFile.Read(context.Settings.Session.Value) is null) return [];
        if (context.Settings.Database.Value.Length == 0 && !new PrivateCluster(context.Settings.Home.Value).State().IsRunning) return [];
        using var late = new CancellationTokenSource(AnswerWithin);
        var asked = Task.Run(() => RunsAsync(context, late.Token));
        try
        {
            return asked.Wait(AnswerWithin) ? asked.Result.Select(run => new CompletionItem(run.ToString())) : [];
        }
        catch (AggregateException)
        {
            // Nobody asked for an answer: a database that is away says so to the command itself.
            return [];
        }
    }

    static async Task<IReadOnlyList<RunId>> RunsAsync(CommandContext context, CancellationToken cancel)
    {
        var opened = await context.OpenDatabaseAsync(cancel);
        if (!opened.TryGet(out var database)) return [];
        await using (database)
        {
            if (!(await context.FindCallerAsync(database, cancel)).TryGet(out var caller)) return [];
            var (runs, month) = (RunCommand.Runs(context, database), ThisMonth(context));
            return [.. await runs.IdsAsync(caller, month, cancel), .. await runs.IdsAsync(caller, month.Plus(-1), cancel)];
        }
    }
}
