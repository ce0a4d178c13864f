using System.CommandLine;
using PaymentEngine.App.CommandLine;
using PaymentEngine.App.Commands.Access;
using PaymentEngine.App.Commands.Accounts;
using PaymentEngine.App.Commands.Areas;
using PaymentEngine.App.Commands.Audit;
using PaymentEngine.App.Commands.Cash;
using PaymentEngine.App.Commands.Payees;
using PaymentEngine.App.Commands.Portals;
using PaymentEngine.App.Commands.Register;
using PaymentEngine.App.Commands.Reports;
using PaymentEngine.App.Commands.Users;

namespace PaymentEngine.App.Commands;

/// <summary>Every command of the program, one line each, in the order in which help shows them.</summary>
static class AllCommands
{
    public static IEnumerable<Command> Create(CommandContext context) =>
    [
        DemoCommand.Create(context),
        DatabaseCommand.Create(context),
        GenerateCommand.Create(context),
        LoginCommand.Create(context),
        LoginCommand.CreateConfirm(context),
        LoginCommand.CreateLogout(context),
        UserCommand.Create(context),
        BreakGlassCommand.Create(context),
        CaseCommand.CreateStatus(context),
        RegisterCommand.Create(context),
        PeopleCommand.Create(context),
        AreaCommand.Create(context),
        PortalCommand.Create(context),
        RunCommand.Create(context),
        BankCommand.Create(context),
        BankImportCommand.CreateReconcile(context),
        CaseCommand.Create(context),
        AccountCommand.Create(context),
        PayeeCommand.Create(context),
        MatchCommand.Create(context),
        ReasonCommand.Create(context),
        CashCommand.Create(context),
        ClaimCommand.Create(context),
        FundCommand.Create(context),
        ProviderCommand.Create(context),
        LedgerCommand.Create(context),
        LedgerCommand.Verify(context),
        AuditCommand.Create(context),
        ReportCommand.Create(context),
        EntitlementCommand.Create(context),
        LawCommand.Create(context),
        WebCommand.Create(context),
        KeysCommand.Create(context),
        DoctorCommand.Create(context),
        CompletionCommand.Create(context),
        HelpCommand.Create(context),
    ];
}
