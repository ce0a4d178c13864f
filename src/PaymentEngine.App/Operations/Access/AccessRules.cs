using PaymentEngine.Core;

namespace PaymentEngine.App.Operations.Access;

/// <summary>How far a command reaches.</summary>
public enum Reach
{
    /// <summary>The machine itself (cluster, backup): for whoever owns the files of the home, which the operating system decides. No person of the program.</summary>
    Machine,

    /// <summary>Files that are given and the law that the program carries; the store is not asked.</summary>
    Files,

    /// <summary>Nobody yet: it is how a person proves who they are.</summary>
    Anybody,

    /// <summary>What belongs to the person who asks: their session.</summary>
    Own,

    /// <summary>Rows of the caller's communes; for a caller of the whole province, all.</summary>
    Communes,

    /// <summary>What concerns the whole province: refused to a caller of single communes.</summary>
    Province,
}

/// <summary>Whether a command takes people out as a file that no bank, authority or payee is given.</summary>
public enum Taking
{
    Nothing,

    /// <summary>Only where a file is asked for (<c>--out</c>).</summary>
    WithFile,

    /// <summary>Always.</summary>
    Always,
}

/// <summary>Who may do one thing: one row of the table that commands, operations, the access matrix and docs/access.md read alike.</summary>
/// <param name="Name">The command as it is typed, without <c>payengine</c>.</param>
/// <param name="Roles">One of these is needed; empty where no person is.</param>
/// <param name="Reach">How far it reaches.</param>
/// <param name="Changes">False: it reads only.</param>
/// <param name="Personal">It shows or takes data of people.</param>
/// <param name="Exports">It writes such data into files.</param>
/// <param name="Takes">The file is for people, and no bank, authority or payee gets it: the role <see cref="Role.Exporter"/> is needed beside one of <paramref name="Roles"/>, a purpose too, and the file says so.</param>
public sealed record AccessRule(string Name, IReadOnlyList<string> Roles, Reach Reach, bool Changes, bool Personal, bool Exports, Taking Takes = Taking.Nothing)
{
    /// <summary>Whether a person must be proven.</summary>
    public bool NeedsPerson => Reach is Reach.Own or Reach.Communes or Reach.Province;

    /// <summary>Why this person may not; null when the role and the reach allow it. Exit code 4.</summary>
    public Problem? Refusal(Caller caller) => (Roles.Count == 0 ? null : caller.Lacks([.. Roles])) ?? (Takes == Taking.Always ? caller.Lacks(Role.Exporter) : null) ?? (Reach == Reach.Province ? caller.LacksProvince() : null);
}

/// <summary>The table of who may do what (F15): every command of the program, one row each. Operations check by the same rows, so that table and check cannot part.</summary>
/// <remarks>An auditor is in no row that changes something; an administrator in none that moves money or says who gets it. A command without a row is refused, and a test names it.</remarks>
public static class AccessRules
{
    /// <summary>Everybody of the office who works with payments.</summary>
    static readonly string[] Workers =
        [Role.Maker, Role.Checker, Role.Approver, Role.ChiefApprover, Role.AccountEditor, Role.CashOfficer, Role.Reconciler, Role.CommuneOfficer];

    /// <summary>Who reads what speaks of people.</summary>
    static readonly string[] Readers = [.. Workers, Role.Auditor];

    /// <summary>Everybody of the office. Accounts of banks and workers are none of it.</summary>
    static readonly string[] Office = [.. Readers, Role.Administrator];

    static readonly Dictionary<string, AccessRule> rules = new(StringComparer.Ordinal);

    public static readonly AccessRule Demo = Writes("demo", Reach.Machine, []);

    public static readonly AccessRule DbStart = Writes("db start", Reach.Machine, []);
    public static readonly AccessRule DbStop = Writes("db stop", Reach.Machine, []);
    public static readonly AccessRule DbStatus = Reads("db status", Reach.Machine, []);
    public static readonly AccessRule DbUrl = Reads("db url", Reach.Machine, []);
    public static readonly AccessRule DbBackup = Reads("db backup", Reach.Machine, [], personal: true, exports: true);
    public static readonly AccessRule DbRestore = Writes("db restore", Reach.Machine, [], personal: true);

    public static readonly AccessRule Generate = Reads("generate", Reach.Files, []);

    public static readonly AccessRule Login = Writes("login", Reach.Anybody, []);

    public static readonly AccessRule Confirm = Writes("confirm", Reach.Own, []);

    public static readonly AccessRule Logout = Writes("logout", Reach.Own, []);

    public static readonly AccessRule UserAdd = Writes("user add", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule UserAddService = Writes("user add-service", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule UserList = Reads("user list", Reach.Province, [Role.Administrator, Role.Auditor]);
    public static readonly AccessRule UserTotp = Writes("user totp", Reach.Own, []);
    public static readonly AccessRule UserPassword = Writes("user password", Reach.Own, []);
    public static readonly AccessRule UserRoles = Writes("user roles", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule UserTerritory = Writes("user territory", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule UserRecover = Writes("user recover", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule UserPending = Reads("user pending", Reach.Province, [Role.Administrator, Role.Auditor]);
    public static readonly AccessRule UserApprove = Writes("user approve", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule UserReject = Writes("user reject", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule UserEnd = Writes("user end", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule UserUnlock = Writes("user unlock", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule UserKey = Writes("user key", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule UserEvents = Reads("user events", Reach.Own, []);
    public static readonly AccessRule UserSessions = Reads("user sessions", Reach.Own, []);

    public static readonly AccessRule Status = Reads("status", Reach.Communes, Office);

    public static readonly AccessRule RegisterImport = Writes("register import", Reach.Province, [Role.Maker, Role.AccountEditor], personal: true);
    public static readonly AccessRule RegisterCheck = Reads("register check", Reach.Province, [Role.Maker, Role.AccountEditor], personal: true);
    public static readonly AccessRule RegisterExport = Reads("register export", Reach.Province, [Role.AccountEditor], personal: true, exports: true, takes: Taking.Always);

    public static readonly AccessRule PeopleShow = Reads("people show", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule PeopleHeads = Writes("people heads", Reach.Communes, [Role.Maker, Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule PeopleDeaths = Writes("people deaths", Reach.Communes, [Role.Maker, Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule PeopleMoves = Writes("people moves", Reach.Communes, [Role.Maker, Role.AccountEditor], personal: true);
    public static readonly AccessRule PeopleBirths = Writes("people births", Reach.Communes, [Role.Maker, Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule PeopleIdentifiers = Writes("people identifiers", Reach.Communes, [Role.Maker, Role.AccountEditor], personal: true);
    public static readonly AccessRule PeopleDuplicates = Reads("people duplicates", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule PeopleDuplicatesSearch = Writes("people duplicates search", Reach.Province, [Role.Maker, Role.AccountEditor], personal: true);
    public static readonly AccessRule PeopleDuplicatesList = Reads("people duplicates list", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule PeopleDuplicatesShow = Reads("people duplicates show", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule PeopleDuplicatesDecide = Writes("people duplicates decide", Reach.Province, [Role.Maker, Role.AccountEditor], personal: true);
    public static readonly AccessRule PeopleExchange = Reads("people exchange", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule PeopleExchangeExport = Writes("people exchange export", Reach.Communes, [Role.AccountEditor, Role.Maker], personal: true, exports: true, takes: Taking.Always);
    public static readonly AccessRule PeopleExchangeImport = Writes("people exchange import", Reach.Communes, [Role.AccountEditor, Role.Maker], personal: true);
    public static readonly AccessRule PeopleExchangeShow = Reads("people exchange show", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule PeopleExchangeDecide = Writes("people exchange decide", Reach.Communes, [Role.AccountEditor, Role.Maker], personal: true);
    public static readonly AccessRule PeopleQuality = Reads("people quality", Reach.Communes, Readers, personal: true);

    public static readonly AccessRule PeopleRetention = Reads("people retention", Reach.Province, [Role.AccountEditor, Role.Auditor, Role.Administrator], personal: true);
    public static readonly AccessRule PeopleErase = Reads("people erase", Reach.Province, [Role.AccountEditor, Role.Approver, Role.Auditor]);
    public static readonly AccessRule PeopleEraseAsk = Writes("people erase ask", Reach.Province, [Role.AccountEditor], personal: true);
    public static readonly AccessRule PeopleEraseApprove = Writes("people erase approve", Reach.Province, [Role.Approver, Role.ChiefApprover], personal: true);
    public static readonly AccessRule PeopleEraseReject = Writes("people erase reject", Reach.Province, [Role.Approver, Role.ChiefApprover], personal: true);

    public static readonly AccessRule AreaImport = Writes("area import", Reach.Province, [Role.Maker, Role.Administrator]);
    public static readonly AccessRule AreaDivide = Writes("area divide", Reach.Province, [Role.Maker, Role.Administrator], personal: true);
    public static readonly AccessRule AreaShow = Reads("area show", Reach.Communes, Office);
    public static readonly AccessRule AreaTree = Reads("area tree", Reach.Communes, Office);
    public static readonly AccessRule AreaMap = Reads("area map", Reach.Communes, Office);
    public static readonly AccessRule AreaCheck = Reads("area check", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule AreaSums = Reads("area sums", Reach.Communes, Readers);
    public static readonly AccessRule AreaMoves = Reads("area moves", Reach.Communes, [Role.Maker], personal: true, exports: true, takes: Taking.Always);

    public static readonly AccessRule PortalProcedures = Writes("portal procedures", Reach.Province, [Role.Maker, Role.Administrator]);
    public static readonly AccessRule PortalTake = Writes("portal take", Reach.Province, [Role.Maker, Role.AccountEditor], personal: true);
    public static readonly AccessRule PortalList = Reads("portal list", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule PortalShow = Reads("portal show", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule PortalStep = Writes("portal step", Reach.Communes, [Role.Maker, Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule PortalDecide = Writes("portal decide", Reach.Communes, [Role.Maker, Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule PortalSend = Writes("portal send", Reach.Province, [Role.Maker, Role.AccountEditor], personal: true, exports: true);
    public static readonly AccessRule PortalOutbox = Reads("portal outbox", Reach.Province, Readers);
    public static readonly AccessRule PortalReceipts = Writes("portal receipts", Reach.Province, [Role.Maker, Role.AccountEditor], personal: true);
    public static readonly AccessRule PortalReconcile = Writes("portal reconcile", Reach.Province, [Role.Maker, Role.AccountEditor], personal: true);

    public static readonly AccessRule RunPlan = Writes("run plan", Reach.Communes, [Role.Maker], personal: true);
    public static readonly AccessRule RunShow = Reads("run show", Reach.Communes, Readers);
    public static readonly AccessRule RunDiff = Reads("run diff", Reach.Communes, Readers, personal: true, exports: true, takes: Taking.WithFile);
    public static readonly AccessRule RunSubmit = Writes("run submit", Reach.Communes, [Role.Maker, Role.Checker]);
    public static readonly AccessRule RunApprove = Writes("run approve", Reach.Communes, [Role.Approver, Role.ChiefApprover]);
    public static readonly AccessRule RunStatement = Reads("run statement", Reach.Communes, [Role.Approver, Role.ChiefApprover]);
    public static readonly AccessRule RunSignatures = Reads("run signatures", Reach.Communes, Readers);
    public static readonly AccessRule RunExpect = Writes("run expect", Reach.Communes, [Role.Maker]);
    public static readonly AccessRule RunReturn = Writes("run return", Reach.Communes, [Role.Maker, Role.Checker, Role.Approver, Role.ChiefApprover]);
    public static readonly AccessRule RunPaper = Reads("run paper", Reach.Communes, Readers, personal: true, exports: true);
    public static readonly AccessRule RunRulesShow = Reads("run rules show", Reach.Communes, Office);
    public static readonly AccessRule RunRulesLoad = Writes("run rules load", Reach.Province, [Role.Maker, Role.Administrator]);
    public static readonly AccessRule RunRulesApprove = Writes("run rules approve", Reach.Province, [Role.Approver]);
    public static readonly AccessRule RunExport = Writes("run export", Reach.Province, [Role.Maker, Role.Approver], personal: true, exports: true);
    public static readonly AccessRule RunSign = Writes("run sign", Reach.Province, [Role.Maker, Role.Approver]);
    public static readonly AccessRule RunSend = Writes("run send", Reach.Province, [Role.Maker, Role.Approver], personal: true, exports: true);
    public static readonly AccessRule RunCancel = Writes("run cancel", Reach.Province, [Role.Maker, Role.Approver]);
    public static readonly AccessRule RunWithdraw = Writes("run withdraw", Reach.Province, [Role.Maker, Role.Approver]);
    public static readonly AccessRule RunExtend = Writes("run extend", Reach.Province, [Role.Maker, Role.Approver]);
    public static readonly AccessRule RunHold = Writes("run hold", Reach.Communes, [Role.Maker, Role.Approver], personal: true);
    public static readonly AccessRule RunReleaseHold = Writes("run release-hold", Reach.Communes, [Role.Maker, Role.Approver], personal: true);
    public static readonly AccessRule RunHolds = Reads("run holds", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule RunOutliers = Reads("run outliers", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule RunCertificate = Reads("run certificate", Reach.Province, [Role.Maker, Role.Approver, Role.Reconciler, Role.CashOfficer, Role.Auditor]);
    public static readonly AccessRule RunClose = Writes("run close", Reach.Province, [Role.Reconciler]);

    public static readonly AccessRule BankRead = Reads("bank read", Reach.Files, [], personal: true);
    public static readonly AccessRule BankVerify = Reads("bank verify", Reach.Files, [], personal: true);
    public static readonly AccessRule BankSimulate = Reads("bank simulate", Reach.Files, [], personal: true);
    public static readonly AccessRule BankProfileList = Reads("bank profile list", Reach.Files, []);
    public static readonly AccessRule BankProfileShow = Reads("bank profile show", Reach.Files, []);
    public static readonly AccessRule BankProfileCheck = Reads("bank profile check", Reach.Province, [Role.AccountEditor, Role.Maker, Role.Administrator, Role.Auditor], personal: true);
    public static readonly AccessRule BankRouteLoad = Writes("bank route load", Reach.Province, [Role.AccountEditor]);
    public static readonly AccessRule BankRouteShow = Reads("bank route show", Reach.Province, Office);
    public static readonly AccessRule BankChannelSet = Writes("bank channel set", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule BankChannelList = Reads("bank channel list", Reach.Communes, Office);
    public static readonly AccessRule BankFind = Reads("bank find", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule BankImport = Writes("bank import", Reach.Province, [Role.Reconciler], personal: true);
    public static readonly AccessRule BankAccept = Writes("bank accept", Reach.Province, [Role.Reconciler], personal: true);
    public static readonly AccessRule BankConfirm = Writes("bank confirm", Reach.Province, [Role.Reconciler, Role.Approver], personal: true);

    public static readonly AccessRule Reconcile = Writes("reconcile", Reach.Province, [Role.Reconciler], personal: true);

    public static readonly AccessRule BankRecall = Writes("bank recall", Reach.Province, [Role.Maker, Role.Approver, Role.Reconciler], personal: true);

    public static readonly AccessRule CaseList = Reads("case list", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule CaseShow = Reads("case show", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule CaseTake = Writes("case take", Reach.Communes, Workers, personal: true);
    public static readonly AccessRule CaseGive = Writes("case give", Reach.Communes, [.. Workers, Role.Administrator], personal: true);
    public static readonly AccessRule CaseFree = Writes("case free", Reach.Communes, [.. Workers, Role.Administrator], personal: true);
    public static readonly AccessRule CaseNote = Writes("case note", Reach.Communes, Workers, personal: true);
    public static readonly AccessRule CaseContact = Writes("case contact", Reach.Communes, Workers, personal: true);
    public static readonly AccessRule CaseCorrect = Writes("case correct", Reach.Communes, [Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule CaseApprove = Writes("case approve", Reach.Communes, [Role.AccountEditor, Role.Approver, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule CaseReject = Writes("case reject", Reach.Communes, [Role.AccountEditor, Role.Approver, Role.CommuneOfficer, Role.Reconciler], personal: true);
    public static readonly AccessRule CaseDecide = Writes("case decide", Reach.Communes, [Role.Reconciler, Role.AccountEditor, Role.CommuneOfficer, Role.CashOfficer, Role.Maker], personal: true);
    public static readonly AccessRule CaseSettle = Writes("case settle", Reach.Communes, [Role.Reconciler, Role.Approver], personal: true);
    public static readonly AccessRule CaseRepay = Writes("case repay", Reach.Communes, [Role.Reconciler, Role.AccountEditor, Role.CommuneOfficer, Role.CashOfficer, Role.Maker], personal: true);
    public static readonly AccessRule CaseCash = Writes("case cash", Reach.Communes, [Role.CashOfficer, Role.CommuneOfficer, Role.Reconciler], personal: true);
    public static readonly AccessRule CaseClaim = Writes("case claim", Reach.Communes, [Role.Reconciler, Role.Maker, Role.CashOfficer, Role.Approver], personal: true);
    public static readonly AccessRule CaseEscalate = Writes("case escalate", Reach.Communes, Workers, personal: true);
    public static readonly AccessRule CaseResolve = Writes("case resolve", Reach.Communes, [Role.Reconciler, Role.Approver], personal: true);
    public static readonly AccessRule CaseDue = Writes("case due", Reach.Province, [Role.Reconciler], personal: true);
    public static readonly AccessRule CaseDeskList = Reads("case desk list", Reach.Communes, Office);
    public static readonly AccessRule CaseDeskSet = Writes("case desk set", Reach.Province, [Role.Administrator, Role.Approver]);
    public static readonly AccessRule CaseTerms = Writes("case terms", Reach.Province, [Role.Administrator]);

    public static readonly AccessRule AccountList = Reads("account list", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule AccountPropose = Writes("account propose", Reach.Communes, [Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule AccountApprove = Writes("account approve", Reach.Communes, [Role.AccountEditor, Role.Approver, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule AccountReject = Writes("account reject", Reach.Communes, [Role.AccountEditor, Role.Approver, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule AccountWish = Writes("account wish", Reach.Communes, [Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule AccountHistory = Reads("account history", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule AccountVerifyRequest = Writes("account verify request", Reach.Communes, [Role.AccountEditor, Role.Maker], personal: true, exports: true);
    public static readonly AccessRule AccountVerifyImport = Writes("account verify import", Reach.Communes, [Role.AccountEditor, Role.Maker], personal: true);
    public static readonly AccessRule AccountVerifyList = Reads("account verify list", Reach.Communes, Readers);
    public static readonly AccessRule AccountVerifyShow = Reads("account verify show", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule AccountCorrect = Writes("account correct", Reach.Province, [Role.AccountEditor], personal: true);
    public static readonly AccessRule AccountFlagAdd = Writes("account flag add", Reach.Province, [Role.AccountEditor, Role.Approver, Role.Administrator], personal: true);
    public static readonly AccessRule AccountFlagEnd = Writes("account flag end", Reach.Province, [Role.AccountEditor, Role.Approver], personal: true);
    public static readonly AccessRule AccountFlagList = Reads("account flag list", Reach.Communes, Readers, personal: true);

    public static readonly AccessRule PayeeList = Reads("payee list", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule PayeeRenew = Writes("payee renew", Reach.Communes, [Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule PayeeEnd = Writes("payee end", Reach.Communes, [Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule PayeeCheck = Writes("payee check", Reach.Communes, [Role.AccountEditor, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule PayeeChanges = Reads("payee changes", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule PayeeApprove = Writes("payee approve", Reach.Communes, [Role.AccountEditor, Role.Approver, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule PayeeReject = Writes("payee reject", Reach.Communes, [Role.AccountEditor, Role.Approver, Role.CommuneOfficer], personal: true);

    public static readonly AccessRule MatchList = Reads("match list", Reach.Province, [Role.Reconciler, Role.Auditor], personal: true);
    public static readonly AccessRule MatchPropose = Reads("match propose", Reach.Province, [Role.Reconciler], personal: true);
    public static readonly AccessRule MatchDecide = Writes("match decide", Reach.Province, [Role.Reconciler], personal: true);
    public static readonly AccessRule MatchUndo = Writes("match undo", Reach.Province, [Role.Reconciler], personal: true);

    public static readonly AccessRule ReasonList = Reads("reason list", Reach.Province, [Role.Reconciler, Role.Approver, Role.Auditor], personal: true);
    public static readonly AccessRule ReasonRead = Reads("reason read", Reach.Files, []);
    public static readonly AccessRule ReasonPropose = Writes("reason decide", Reach.Province, [Role.Reconciler]);
    public static readonly AccessRule ReasonDecide = Writes("reason approve", Reach.Province, [Role.Reconciler, Role.Approver]);
    public static readonly AccessRule ReasonReject = Writes("reason reject", Reach.Province, [Role.Reconciler, Role.Approver]);

    public static readonly AccessRule CashList = Reads("cash list", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule CashPrint = Writes("cash print", Reach.Communes, [Role.CashOfficer, Role.CommuneOfficer], personal: true, exports: true);
    public static readonly AccessRule CashConfirm = Writes("cash confirm", Reach.Communes, [Role.CashOfficer], personal: true);
    public static readonly AccessRule CashClose = Writes("cash close", Reach.Communes, [Role.CashOfficer], personal: true);
    public static readonly AccessRule CashShow = Reads("cash show", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule CashHandback = Writes("cash handback", Reach.Communes, [Role.CashOfficer, Role.Reconciler]);
    public static readonly AccessRule CashUnclaimedRule = Writes("cash unclaimed rule", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule CashUnclaimedRules = Reads("cash unclaimed rules", Reach.Communes, Office);
    public static readonly AccessRule CashUnclaimedPropose = Writes("cash unclaimed propose", Reach.Communes, [Role.CashOfficer, Role.Maker], personal: true);
    public static readonly AccessRule CashUnclaimedList = Reads("cash unclaimed list", Reach.Province, Readers, personal: true);
    public static readonly AccessRule CashUnclaimedShow = Reads("cash unclaimed show", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule CashUnclaimedDecide = Writes("cash unclaimed decide", Reach.Province, [Role.Approver], personal: true);
    public static readonly AccessRule CashUnclaimedReclaim = Writes("cash unclaimed reclaim", Reach.Province, [Role.Approver], personal: true);
    public static readonly AccessRule CashCorrections = Reads("cash corrections", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule CashCorrectionsPropose = Writes("cash corrections propose", Reach.Communes, [Role.CashOfficer, Role.Reconciler], personal: true);
    public static readonly AccessRule CashCorrectionsDecide = Writes("cash corrections decide", Reach.Communes, [Role.Approver], personal: true);
    public static readonly AccessRule CashSuspensions = Reads("cash suspensions", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule CashSuspensionsPropose = Writes("cash suspensions propose", Reach.Communes, [Role.CashOfficer, Role.Maker, Role.CommuneOfficer], personal: true);
    public static readonly AccessRule CashSuspensionsDecide = Writes("cash suspensions decide", Reach.Communes, [Role.Approver], personal: true);
    public static readonly AccessRule CashPoints = Reads("cash points", Reach.Communes, Office);
    public static readonly AccessRule CashPointsLoad = Writes("cash points load", Reach.Communes, [Role.CashOfficer, Role.Administrator]);

    public static readonly AccessRule ClaimList = Reads("claim list", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule ClaimShow = Reads("claim show", Reach.Communes, Readers, personal: true);
    public static readonly AccessRule ClaimRecord = Writes("claim record", Reach.Communes, [Role.Maker, Role.Reconciler, Role.CashOfficer, Role.Approver], personal: true);
    public static readonly AccessRule ClaimInstalments = Writes("claim instalments", Reach.Communes, [Role.Maker, Role.Reconciler, Role.CashOfficer], personal: true);
    public static readonly AccessRule ClaimLetter = Reads("claim letter", Reach.Communes, [Role.Maker, Role.Reconciler, Role.CashOfficer, Role.CommuneOfficer], personal: true, exports: true);
    public static readonly AccessRule ClaimBalance = Reads("claim balance", Reach.Communes, Readers);

    public static readonly AccessRule FundList = Reads("fund list", Reach.Province, [Role.Maker, Role.Approver, Role.Reconciler, Role.CashOfficer, Role.Auditor, Role.Administrator]);
    public static readonly AccessRule FundDeclare = Writes("fund declare", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule FundMatch = Writes("fund match", Reach.Province, [Role.Reconciler]);
    public static readonly AccessRule FundMove = Writes("fund move", Reach.Province, [Role.Maker]);
    public static readonly AccessRule FundUndo = Writes("fund undo", Reach.Province, [Role.Maker]);
    public static readonly AccessRule FundShow = Reads("fund show", Reach.Province, [Role.Maker, Role.Approver, Role.Reconciler, Role.CashOfficer, Role.Auditor, Role.Administrator]);
    public static readonly AccessRule FundYear = Reads("fund year", Reach.Province, [Role.Maker, Role.Approver, Role.Reconciler, Role.CashOfficer, Role.Auditor, Role.Administrator]);

    public static readonly AccessRule ProviderList = Reads("provider list", Reach.Province, [Role.Maker, Role.Approver, Role.Reconciler, Role.CashOfficer, Role.Auditor, Role.Administrator]);
    public static readonly AccessRule ProviderDeclare = Writes("provider declare", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule ProviderContract = Writes("provider contract", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule ProviderFee = Writes("provider fee", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule ProviderReport = Writes("provider report", Reach.Province, [Role.Reconciler]);
    public static readonly AccessRule ProviderSettle = Reads("provider settle", Reach.Province, [Role.Maker, Role.Approver, Role.Reconciler, Role.CashOfficer, Role.Auditor, Role.Administrator]);

    public static readonly AccessRule LedgerPeriods = Reads("ledger periods", Reach.Province, [Role.Maker, Role.Approver, Role.Reconciler, Role.CashOfficer, Role.Auditor]);
    public static readonly AccessRule LedgerBalances = Reads("ledger balances", Reach.Communes, [Role.Maker, Role.Approver, Role.Reconciler, Role.CashOfficer, Role.Auditor]);
    public static readonly AccessRule LedgerPostings = Reads("ledger postings", Reach.Communes, [Role.Maker, Role.Approver, Role.Reconciler, Role.CashOfficer, Role.Auditor]);
    public static readonly AccessRule LedgerDeclare = Writes("ledger declare", Reach.Province, [Role.Maker, Role.Approver, Role.CashOfficer]);
    public static readonly AccessRule LedgerClose = Writes("ledger close", Reach.Province, [Role.Reconciler]);
    public static readonly AccessRule LedgerResume = Writes("ledger resume", Reach.Province, [Role.Approver]);

    public static readonly AccessRule Verify = Reads("verify", Reach.Province, [.. Readers, Role.Worker]);

    public static readonly AccessRule ReportFunnel = Reads("report funnel", Reach.Communes, [Role.Maker, Role.Approver, Role.ChiefApprover, Role.AccountEditor, Role.CommuneOfficer, Role.CashOfficer, Role.Reconciler, Role.Auditor]);
    public static readonly AccessRule ReportPeople = Reads("report people", Reach.Communes, [Role.Maker, Role.Approver, Role.ChiefApprover, Role.AccountEditor, Role.CommuneOfficer, Role.CashOfficer, Role.Reconciler, Role.Auditor], personal: true, exports: true, takes: Taking.WithFile);
    public static readonly AccessRule ReportCheck = Reads("report check", Reach.Communes, [Role.Maker, Role.Approver, Role.ChiefApprover, Role.AccountEditor, Role.CommuneOfficer, Role.CashOfficer, Role.Reconciler, Role.Auditor]);
    public static readonly AccessRule ReportPaylist = Reads("report paylist", Reach.Communes, [Role.Maker, Role.Approver, Role.ChiefApprover, Role.CommuneOfficer, Role.CashOfficer, Role.Reconciler, Role.Auditor], personal: true, exports: true, takes: Taking.Always);

    public static readonly AccessRule Entitlement = Reads("entitlement", Reach.Files, []);

    public static readonly AccessRule LawShow = Reads("law show", Reach.Files, []);
    public static readonly AccessRule LawCheck = Reads("law check", Reach.Files, []);
    public static readonly AccessRule LawLoad = Writes("law load", Reach.Province, [Role.Maker]);
    public static readonly AccessRule LawPending = Reads("law pending", Reach.Communes, Office);
    public static readonly AccessRule LawApprove = Writes("law approve", Reach.Province, [Role.Approver]);
    public static readonly AccessRule LawReject = Writes("law reject", Reach.Province, [Role.Maker, Role.Approver]);
    public static readonly AccessRule LawSimulate = Reads("law simulate", Reach.Communes, Readers, personal: true);

    public static readonly AccessRule KeysShow = Reads("keys show", Reach.Province, [Role.Administrator, Role.Auditor]);
    public static readonly AccessRule KeysAdd = Writes("keys add", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule KeysRecipher = Writes("keys recipher", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule KeysRemove = Writes("keys remove", Reach.Province, [Role.Administrator]);

    public static readonly AccessRule Doctor = Reads("doctor", Reach.Machine, []);
    public static readonly AccessRule Completion = Reads("completion", Reach.Files, []);
    public static readonly AccessRule HelpExitCodes = Reads("help exit-codes", Reach.Files, []);

    public static readonly AccessRule AuditVerify = Reads("audit verify", Reach.Files, []);
    public static readonly AccessRule AuditBundle = Reads("audit bundle", Reach.Province, [Role.Auditor, Role.Approver, Role.ChiefApprover, Role.Reconciler], personal: true, exports: true);
    public static readonly AccessRule AuditHeadExport = Reads("audit head export", Reach.Province, [Role.Auditor, Role.Administrator]);
    public static readonly AccessRule AuditReads = Reads("audit reads", Reach.Province, [Role.Auditor], personal: true);
    public static readonly AccessRule AuditExports = Reads("audit exports", Reach.Province, [Role.Auditor, Role.Administrator]);
    public static readonly AccessRule AuditAlerts = Reads("audit alerts", Reach.Province, [Role.Auditor, Role.Administrator]);
    public static readonly AccessRule AuditAlertsLimit = Writes("audit alerts limit", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule AuditAlertsLift = Writes("audit alerts lift", Reach.Province, [Role.Administrator, Role.Auditor]);
    public static readonly AccessRule AuditFenceCheck = Reads("audit fence check", Reach.Province, [Role.Administrator, Role.Auditor, Role.Maker, Role.Approver, Role.ChiefApprover]);
    public static readonly AccessRule AuditFenceAdopt = Writes("audit fence adopt", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule AuditFenceDecide = Writes("audit fence decide", Reach.Province, [Role.Administrator, Role.Auditor]);
    public static readonly AccessRule AuditFenceLift = Writes("audit fence lift", Reach.Province, [Role.Administrator, Role.Auditor]);
    public static readonly AccessRule AuditEpochRaise = Writes("audit epoch raise", Reach.Province, [Role.Administrator]);
    public static readonly AccessRule AuditClockConfirm = Writes("audit clock confirm", Reach.Province, [Role.Administrator]);

    public static readonly AccessRule Web = Writes("web", Reach.Machine, []);

    public static readonly AccessRule BreakglassAsk = Writes("breakglass ask", Reach.Communes, Workers);
    public static readonly AccessRule BreakglassGrant = Writes("breakglass grant", Reach.Province, [Role.Administrator, Role.ChiefApprover]);
    public static readonly AccessRule BreakglassList = Reads("breakglass list", Reach.Communes, Office);
    public static readonly AccessRule BreakglassEnd = Writes("breakglass end", Reach.Communes, Office);

    /// <summary>Every row, in the order of the table.</summary>
    public static IReadOnlyCollection<AccessRule> All => rules.Values;

    /// <summary>The row of a command, or null: then nobody may.</summary>
    /// <param name="command">As it is typed, without <c>payengine</c>: <c>run plan</c>.</param>
    public static AccessRule? Of(string command) => rules.GetValueOrDefault(command);

    /// <summary>A command that has no row.</summary>
    public static Problem Ruleless(string command) =>
        new("not_allowed.no_rule", $"No rule says who may use '{command}', so nobody may.", "This is a fault of the program: report it. A rule is a row of AccessRules.");

    static AccessRule Reads(string name, Reach reach, IReadOnlyList<string> roles, bool personal = false, bool exports = false, Taking takes = Taking.Nothing) => Add(new(name, roles, reach, false, personal, exports, takes));

    static AccessRule Writes(string name, Reach reach, IReadOnlyList<string> roles, bool personal = false, bool exports = false, Taking takes = Taking.Nothing) => Add(new(name, roles, reach, true, personal, exports, takes));

    static AccessRule Add(AccessRule rule)
    {
        rules.Add(rule.Name, rule);
        return rule;
    }
}
