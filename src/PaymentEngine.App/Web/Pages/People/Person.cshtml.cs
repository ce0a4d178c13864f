using Microsoft.AspNetCore.Mvc;
using NodaTime;
using PaymentEngine.App.Commands;
using PaymentEngine.App.Operations;
using PaymentEngine.App.Operations.Access;
using PaymentEngine.App.Operations.Register;
using PaymentEngine.App.Web.Guard;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Reconciliation;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Web.Pages.People;

/// <summary>A person: awards, this month's amounts with their sentences, every payment as a line of what happened, rights and accounts. Printable for the person.</summary>
public sealed class PersonCardPage(WebParts parts) : WebPage(parts)
{
    public PersonPage? View { get; private set; }

    public string Birth => new BirthDate(View!.Person.BirthYear, (byte)View.Person.BirthMonth, (byte)View.Person.BirthDay).ToString();

    /// <summary>The amounts of the latest list.</summary>
    public IReadOnlyList<PersonLine> Latest => View!.Lines.Count == 0 ? [] : [.. View.Lines.Where(line => line.Month == View.Lines.Max(one => one.Month))];

    public bool MaySeeRuns => Caller.Lacks(AccessRules.RunShow) is null;

    public RunId RunOf(int month, int run) => new(Caller.ProvinceCode, Months.FromKey(month), run);

    public IEnumerable<PersonPaymentEvent> EventsOf(PersonPayment payment) => View!.Events.Where(one => (one.Month, one.RunNo, one.LineNo) == (payment.Month, payment.RunNo, payment.LineNo));

    public string PlaceOf(PersonPayment payment)
    {
        var place = Places.All.First(one => one.Place == (Place)payment.Place);
        var final = place.Place is Place.PaidByAccount or Place.PaidInCash or Place.GivenBack ? " ✓" : "";
        var held = payment.HoldReason is { } reason && place.Place == Place.Held ? ": " + Text(HoldReasons.Words(reason).Vi, HoldReasons.Words(reason).En) : "";
        return Text(place.Vi, place.En) + held + final;
    }

    public string KindOf(PersonLine line) => line.Kind switch { 2 => Text("truy lĩnh", "arrears"), 3 => Text("thu hồi", "taken back"), 4 => Text("một lần", "one-off"), _ => Text("tháng", "month") };

    public string RoleOf(PersonPayee payee) => (PayeeRole)payee.Role switch
    {
        PayeeRole.Self => Text("chính người hưởng", "the recipient"),
        PayeeRole.Guardian => Text("người giám hộ", "guardian"),
        PayeeRole.Carer => Text("người chăm sóc", "carer"),
        PayeeRole.Household => Text("hộ gia đình", "household"),
        PayeeRole.Foster => Text("người nhận nuôi", "foster carer"),
        _ => Text("người được ủy quyền", "authorised person"),
    };

    public string WayOf(PersonPayee payee) => (PayoutChannel)payee.Channel == PayoutChannel.Cash || payee.BankBin is null ? Text("tiền mặt", "cash") : $"{CasePaper.Bank(payee.BankBin)} …{payee.AccountTail}, {payee.HolderName}";

    public string WishOf(PersonPayee payee) => ((Wish)payee.Wish switch { Wish.Yes => Text("muốn nhận qua tài khoản", "wishes an account"), Wish.No => Text("không muốn nhận qua tài khoản", "wishes no account"), _ => Text("chưa hỏi", "not asked yet") })
        + (payee.WishOn is { } on ? ", " + ViText.Date(on) : "");

    /// <summary>An event in words, with who said it.</summary>
    public string WordsOf(PersonPaymentEvent one) => one.What switch
    {
        "planned" => Text("Đã lập vào danh sách", "Put on the list"),
        "approved" => Text("Danh sách được duyệt", "The list was approved"),
        "handed_over" => Text($"Lệnh chi giao cho ngân hàng trong tệp {one.Detail}", $"The order was handed to the bank in file {one.Detail}"),
        "bank" => Text("Ngân hàng báo: ", "The bank said: ") + BankWord((Evidence)one.Evidence) + (one.Detail is null ? "" : Text($", mã {one.Detail}", $", code {one.Detail}")),
        "ended" => Text("Lần chi này đã kết thúc, có chứng minh: ", "This attempt ended, proven: ") + one.Detail,
        "printed" => Text($"In trên danh sách tiền mặt, mã biên nhận {one.Detail}", $"Printed on a cash list, receipt code {one.Detail}"),
        "paid" => Text($"Đã nhận tiền mặt ngày {Iso(one.Detail)}", $"Paid in cash on {Iso(one.Detail)}"),
        _ => Text($"Chưa đến nhận ngày {Iso(one.Detail)}", $"Not collected on {Iso(one.Detail)}"),
    };

    public async Task<IActionResult> OnGetAsync(string person)
    {
        var found = await new PersonPages(Parts.Database, Parts.Clock).ShowAsync(Caller, person, HttpContext.RequestAborted);
        if (!found.TryGet(out var view)) return Refused(found.Problems.Any(problem => problem.Code == "person.unknown") ? [Refusals.NotThere] : found.Problems);
        View = view;
        return Page();
    }

    string BankWord(Evidence said) => said switch
    {
        Evidence.FileAcknowledged => Text("đã nhận tệp", "the file is taken"),
        Evidence.Accepted => Text("chấp nhận", "accepted"),
        Evidence.Pending => Text("đang xử lý", "pending"),
        Evidence.InSettlement or Evidence.Settled => Text("đang thanh toán", "in settlement"),
        Evidence.Credited => Text("đã ghi có cho người nhận", "credited to the payee"),
        Evidence.Rejected => Text("từ chối", "rejected"),
        Evidence.CancelledByBank => Text("đã hủy", "cancelled"),
        Evidence.DebitBooked => Text("đã trừ tiền để chi", "debited to be paid"),
        Evidence.ReturnAnnounced => Text("sẽ trả lại", "a return is announced"),
        Evidence.ReturnBooked or Evidence.PartBooked => Text("tiền bị trả lại", "the money came back"),
        _ => said.ToString(),
    };

    static string Iso(string? day) => day is not null && NodaTime.Text.LocalDatePattern.Iso.Parse(day) is { Success: true } read ? ViText.Date(read.Value) : day ?? "";
}
