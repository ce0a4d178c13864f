using System.CommandLine;
using PaymentEngine.App.CommandLine;

namespace PaymentEngine.App.Commands;

/// <summary><c>payengine bank …</c>: what concerns the banks' files.</summary>
static class BankCommand
{
    public static Command Create(CommandContext context)
    {
        var bank = new Command("bank", context.Text("Tệp của ngân hàng: tìm khoản chi, ngân hàng mô phỏng", "The banks' files: find a payment, the simulated bank"));
        bank.Add(BankReadCommand.Create(context));
        bank.Add(BankImportCommand.Create(context));
        bank.Add(BankImportCommand.CreateAccept(context));
        bank.Add(BankConfirmCommand.Create(context));
        bank.Add(BankVerifyCommand.Create(context));
        bank.Add(BankChannelCommand.Create(context));
        bank.Add(BankFileCommands.Find(context));
        bank.Add(RecallCommand.Create(context));
        bank.Add(BankFileCommands.Simulate(context));
        bank.Add(BankProfileCommand.Create(context));
        bank.Add(BankRouteCommand.Create(context));
        return bank;
    }
}
