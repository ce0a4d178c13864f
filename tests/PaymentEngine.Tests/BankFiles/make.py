"""Writes the message files of messages/ and their index.csv.

Every file is our own: names, accounts, banks and sums are invented. The same script always gives the same bytes, so a
file is changed here and never by hand. Standard library only:

    python3 make.py            writes messages/ and index.csv
    python3 make.py --check    says whether what is committed is what this script writes (exit 1 when not)

The column `valid` of the index says what the official schema says of the file: `yes`, `no` (on purpose, with the reason
in `shows`) or `none` (no official schema of this version or dialect, or not a document before something is passed over).
"""

import csv
import io
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
MESSAGES = HERE / "messages"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def order_id(line, attempt="A", run=1, month="2611", province="40"):
    """The EndToEndId of one of our orders: 17 characters and the check character of ISO 7064 mod 37,36."""
    digits, value = "", line
    for _ in range(6):
        digits, value = BASE32[value % 32] + digits, value // 32
    text = f"P{province}{month}{BASE32[run // 1024]}{BASE32[run // 32 % 32]}{BASE32[run % 32]}{digits}{attempt}"
    product = 36
    for character in text:
        total = (product + ALPHABET.index(character)) % 36 or 36
        product = total * 2 % 37
    return text + ALPHABET[(37 - product) % 36]


MESSAGE_ID = "B40261123-000001-01"
BATCH_ID = MESSAGE_ID + "-001"
SECOND_BATCH_ID = MESSAGE_ID + "-002"
OUR_ACCOUNT = "0011002233445"
UETR = "8d1f6f0e-4c1b-4a57-9a53-0e2b7c11a0%02x"
PEOPLE = ["NGUYEN VAN MOT", "TRAN THI HAI", "LE VAN BA", "PHAM THI BON", "HOANG VAN NAM", "VO THI SAU", "DANG VAN BAY", "BUI THI TAM"]


class Element:
    """A name, attributes, and either text or children."""

    def __init__(self, name, *content, **attributes):
        self.name, self.attributes = name, attributes
        self.children = [c for c in content if isinstance(c, Element)]
        for c in content:
            if isinstance(c, (list, tuple)):
                self.children += [x for x in c if x is not None]
        texts = [c for c in content if isinstance(c, (str, int))]
        self.text = str(texts[0]) if texts else None


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def lines(element, depth=0, prefix=""):
    name = prefix + element.name
    pad = "  " * depth
    attributes = "".join(f' {k.replace("__", ":")}="{escape(v)}"' for k, v in element.attributes.items())
    if element.children:
        yield f"{pad}<{name}{attributes}>"
        for child in element.children:
            yield from lines(child, depth + 1, prefix)
        yield f"{pad}</{name}>"
    elif element.text is None:
        yield f"{pad}<{name}{attributes}/>"
    else:
        yield f"{pad}<{name}{attributes}>{escape(element.text)}</{name}>"


E = Element


def when(condition, *content):
    """The element when the condition holds, otherwise nothing."""
    return (content[0] if len(content) == 1 else list(content)) if condition else None


def kids(*content):
    """A flat list of elements without the absent ones."""
    flat = []
    for c in content:
        flat += kids(*c) if isinstance(c, (list, tuple)) else [] if c is None else [c]
    return flat


def space(message, version):
    return f"urn:iso:std:iso:20022:tech:xsd:{message}.001.{version:02d}"


def document(message, version, root, namespace=None):
    """The Document element. An empty namespace writes none."""
    namespace = space(message, version) if namespace is None else namespace
    return E("Document", root, **({"xmlns": namespace} if namespace else {}))


def text_of(element, prefix="", declaration='<?xml version="1.0" encoding="UTF-8"?>'):
    if prefix:
        element.attributes = {("xmlns__" + prefix[:-1] if k == "xmlns" else k): v for k, v in element.attributes.items()}
    head = declaration + "\n" if declaration else ""
    return head + "\n".join(lines(element, prefix=prefix)) + "\n"


# ---------------------------------------------------------------- status reports (pain.002, pacs.002)

def reason(code=None, proprietary=None, text=None, name="StsRsnInf"):
    return E(name, kids(
        E("Rsn", E("Cd", code)) if code else E("Rsn", E("Prtry", proprietary)) if proprietary else None,
        [E("AddtlInf", t) for t in ([text] if isinstance(text, str) else text or [])]))


def item(status, line=1, reasons=(), end_to_end=None, instruction=None, uetr=None, extra=()):
    ident = order_id(line)
    end_to_end = ident if end_to_end is None else end_to_end
    instruction = ident if instruction is None else instruction
    return E("TxInfAndSts", kids(
        E("OrgnlInstrId", instruction) if instruction else None,
        E("OrgnlEndToEndId", end_to_end) if end_to_end else None,
        E("OrgnlUETR", uetr) if uetr else None,
        E("TxSts", status) if status else None, list(reasons), list(extra)))


def batch(status=None, items=(), ident=BATCH_ID, reasons=(), count=None, total=None, per_status=()):
    return E("OrgnlPmtInfAndSts", kids(
        E("OrgnlPmtInfId", ident),
        E("OrgnlNbOfTxs", count) if count is not None else None,
        E("OrgnlCtrlSum", total) if total is not None else None,
        E("PmtInfSts", status) if status else None, list(reasons),
        [E("NbOfTxsPerSts", E("DtldNbOfTxs", n), E("DtldSts", s)) for n, s in per_status], list(items)))


def report(version, group=None, batches=(), reasons=(), message=MESSAGE_ID, named="pain.001.001.09", count=None, total=None,
           per_status=(), created="2026-11-23T09:15:00+07:00", ident=None):
    return E("CstmrPmtStsRpt", kids(
        E("GrpHdr", E("MsgId", ident or f"BANKRPT{version:02d}-0001"), E("CreDtTm", created)),
        E("OrgnlGrpInfAndSts", kids(
            E("OrgnlMsgId", message) if message else None, E("OrgnlMsgNmId", named) if named else None,
            E("OrgnlNbOfTxs", count) if count is not None else None, E("OrgnlCtrlSum", total) if total is not None else None,
            E("GrpSts", group) if group else None, list(reasons),
            [E("NbOfTxsPerSts", E("DtldNbOfTxs", n), E("DtldSts", s)) for n, s in per_status])),
        list(batches)))


def pain002(version, *args, namespace=None, **kw):
    return document("pain.002", version, report(version, *args, **kw), namespace)


# ---------------------------------------------------------------- accounts (camt.052, camt.053, camt.054)

ROOTS = {"camt.052": ("BkToCstmrAcctRpt", "Rpt"), "camt.053": ("BkToCstmrStmt", "Stmt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}


def money(name, amount, currency="VND"):
    return E(name, str(amount), Ccy=currency)


def transaction_code(family="ICDT", sub="DMCT", domain="PMNT", proprietary=None):
    if proprietary:
        return E("BkTxCd", E("Prtry", E("Cd", proprietary), E("Issr", "NGANHANG")))
    return E("BkTxCd", E("Domn", E("Cd", domain), E("Fmly", E("Cd", family), E("SubFmlyCd", sub))))


def party(version, name):
    return E("Pty", E("Nm", name)) if version >= 8 else E("Nm", name)


def detail(version, amount, side="DBIT", end_to_end=None, instruction=None, uetr=None, batch_id=None, servicer=None, text=None, back=None,
           code=None, name=None, account=None, currency="VND", amount_as=None, own_side=True, charges=None, additional=None, other_refs=()):
    """One TxDtls. `amount_as`: Direct (TxDtls/Amt), TxAmt, InstdAmt or None for what the version has."""
    amount_as = amount_as or ("Direct" if version >= 4 else "TxAmt")
    refs = kids(
        E("AcctSvcrRef", servicer) if servicer else None, E("PmtInfId", batch_id) if batch_id else None,
        E("InstrId", instruction) if instruction else None, E("EndToEndId", end_to_end) if end_to_end else None,
        E("UETR", uetr) if uetr else None, list(other_refs))
    creditor = kids(
        E("Cdtr", party(version, name)) if name else None,
        E("CdtrAcct", E("Id", E("Othr", E("Id", account)))) if account else None)
    return E("TxDtls", kids(
        E("Refs", refs) if refs else None,
        money("Amt", amount, currency) if amount_as == "Direct" else None,
        E("CdtDbtInd", side) if version >= 4 and own_side else None,
        E("AmtDtls", E(amount_as, money("Amt", amount, currency))) if amount_as in ("TxAmt", "InstdAmt") else None,
        code, charge(version, charges) if charges else None,
        E("RltdPties", creditor) if creditor else None,
        E("RmtInf", [E("Ustrd", t) for t in ([text] if isinstance(text, str) else text)]) if text else None,
        back, E("AddtlTxInf", additional) if additional else None))


def came_back(code=None, proprietary=None, text=None):
    return reason(code, proprietary, text, name="RtrInf")


def charge(version, amount):
    if version < 4:
        return E("Chrgs", money("TtlChrgsAndTaxAmt", amount), money("Amt", amount))
    return E("Chrgs", money("TtlChrgsAndTaxAmt", amount))


def entry(version, amount, side="DBIT", details=(), status="BOOK", code=None, reversal=None, currency="VND", servicer=None, reference=None,
          batch_of=None, charges=None, text=None, day="2026-11-24", time=None, groups=None):
    """One Ntry. `batch_of` is (PmtInfId, number) of a Btch element; `groups` gives several NtryDtls."""
    dated = E("DtTm", time) if time else E("Dt", day)
    about = E("Btch", kids(E("PmtInfId", batch_of[0]), E("NbOfTxs", batch_of[1]))) if batch_of else None
    groups = groups if groups is not None else [kids(about, list(details))] if details or about else []
    return E("Ntry", kids(
        E("NtryRef", reference) if reference else None, money("Amt", amount, currency),
        E("CdtDbtInd", side) if side else None,
        E("RvslInd", reversal) if reversal else None,
        (E("Sts", E("Cd", status)) if version >= 8 else E("Sts", status)) if status else None,
        E("BookgDt", dated), E("ValDt", E("Dt", day)),
        E("AcctSvcrRef", servicer) if servicer else None,
        code or transaction_code("ICDT" if side == "DBIT" else "RCDT", "DMCT"),
        charge(version, charges) if charges else None,
        [E("NtryDtls", g) for g in groups],
        E("AddtlNtryInf", text) if text else None))


def balance(kind, amount, side="CRDT", currency="VND", day="2026-11-24"):
    return E("Bal", E("Tp", E("CdOrPrtry", E("Cd", kind))), money("Amt", amount, currency), E("CdtDbtInd", side), E("Dt", E("Dt", day)))


def sheet(message, version, entries, balances=(), ident="1", account=OUR_ACCOUNT, sequence=None, copy=None, iban=False, currency="VND", period=None,
          summary=None):
    """One Stmt, Rpt or Ntfctn."""
    return E(ROOTS[message][1], kids(
        E("Id", f"{message[-3:]}-{ident}"),
        E("ElctrncSeqNb", sequence) if sequence is not None else None,
        E("CreDtTm", "2026-11-24T18:00:00+07:00"),
        E("FrToDt", E("FrDtTm", period[0]), E("ToDtTm", period[1])) if period else None,
        E("CpyDplctInd", copy) if copy else None,
        E("Acct", kids(E("Id", E("IBAN", account) if iban else E("Othr", E("Id", account))), E("Ccy", currency) if currency else None)),
        list(balances) if message != "camt.054" else None, summary, list(entries)))


def account_message(message, version, *sheets, ident=None, namespace=None):
    return document(message, version, E(ROOTS[message][0], kids(
        E("GrpHdr", E("MsgId", ident or f"BANK{message[-3:]}-{version:02d}-0001"), E("CreDtTm", "2026-11-24T18:05:00+07:00")), list(sheets))), namespace)


def statement(version, *entries, message="camt.053", balances=None, **kw):
    namespace = kw.pop("namespace", None)
    return account_message(message, version, sheet(message, version, entries, balances if balances is not None else fitting(entries), **kw), namespace=namespace)


def fitting(entries, opening=10_000_000, kinds=("OPBD", "CLBD")):
    """An opening balance and the closing one that follows from the booked VND entries of whole đồng."""
    total = opening
    for e in entries:
        fields = {c.name: c for c in e.children}
        status = fields["Sts"].text or fields["Sts"].children[0].text if "Sts" in fields else "BOOK"
        if status == "BOOK" and fields["Amt"].attributes["Ccy"] == "VND":
            total += int(fields["Amt"].text) * (1 if fields["CdtDbtInd"].text == "CRDT" else -1)
    return [balance(kinds[0], opening), balance(kinds[1], abs(total), "CRDT" if total >= 0 else "DBIT")]


def paid(version, line=1, amount=500_000, **kw):
    """A booked debit of one of our orders."""
    return entry(version, amount, "DBIT", [detail(version, amount, end_to_end=order_id(line), name=PEOPLE[line % 8], account=f"19{line:08d}",
                                                  text=f"{order_id(line)} TRO CAP T11/2026")], servicer=f"FT26328{line:06d}", **kw)


RETURN = dict(family="ICDT", sub="RRTN")


def returned(version, line=2, amount=500_000, back="AC04", code=None, **kw):
    """A booked credit that brings one of our orders back."""
    return entry(version, amount, "CRDT", [detail(version, amount, "CRDT", end_to_end=order_id(line), back=came_back(back, text="Tai khoan da dong"))],
                 servicer=f"RT26328{line:06d}", code=code or transaction_code(**RETURN), **kw)


# ---------------------------------------------------------------- recalls and interbank forms

def agent(version_is_old):
    return E("Agt", E("FinInstnId", E("BIC" if version_is_old else "BICFI", "AAAAVNVX")))


def assignment(version, ident, old):
    return E("Assgnmt", E("Id", ident), E("Assgnr", agent(old)), E("Assgne", E("Pty", E("Nm", "SO Y TE TINH MAU"))), E("CreDtTm", "2026-11-26T10:00:00+07:00"))


def camt029(version, confirmation="CNCL", items=(), batch_level=False):
    old = version == 3
    about = E("CxlDtls", E("OrgnlPmtInfAndSts", kids(E("OrgnlPmtInfId", BATCH_ID), list(items)))) if batch_level else E("CxlDtls", kids(list(items))) if items else None
    return document("camt.029", version, E("RsltnOfInvstgtn", kids(
        assignment(version, f"RES{version:02d}-1", old),
        E("RslvdCase", E("Id", "CASE-1"), E("Cretr", E("Pty", E("Nm", "SO Y TE TINH MAU")))),
        E("Sts", E("Conf", confirmation)), about)))


def recall_item(status, line=1, code=None, uetr=None):
    return E("TxInfAndSts", kids(
        E("CxlStsId", f"CS-{line}"), E("OrgnlInstrId", order_id(line)), E("OrgnlEndToEndId", order_id(line)), E("OrgnlUETR", uetr) if uetr else None,
        E("TxCxlSts", status), E("CxlStsRsnInf", E("Rsn", E("Cd", code))) if code else None))


def camt055(version, *numbers):
    return document("camt.055", version, E("CstmrPmtCxlReq", E("Assgnmt", E("Id", f"RCL{version:02d}-1"), E("Assgnr", E("Pty", E("Nm", "SO Y TE TINH MAU"))),
        E("Assgne", E("Agt", E("FinInstnId", E("BICFI", "AAAAVNVX")))), E("CreDtTm", "2026-11-25T08:00:00+07:00")),
        E("CtrlData", E("NbOfTxs", str(len(numbers)))),
        E("Undrlyg", E("OrgnlPmtInfAndCxl", kids(E("OrgnlPmtInfId", BATCH_ID), [E("TxInf", kids(
            E("CxlId", f"RCL-{n}"), E("OrgnlInstrId", order_id(n)), E("OrgnlEndToEndId", order_id(n)), money("OrgnlInstdAmt", 500_000),
            E("CxlRsnInf", E("Rsn", E("Cd", "DUPL"))))) for n in numbers])))))


def camt056(version, *numbers):
    old = version == 1
    return document("camt.056", version, E("FIToFIPmtCxlReq", E("Assgnmt", E("Id", f"FRCL{version:02d}-1"), E("Assgnr", agent(old)), E("Assgne", agent(old)),
        E("CreDtTm", "2026-11-25T09:00:00+07:00")),
        E("Undrlyg", [E("TxInf", kids(
            E("CxlId", f"FRCL-{n}"), E("OrgnlGrpInf", E("OrgnlMsgId", MESSAGE_ID), E("OrgnlMsgNmId", "pacs.008")), E("OrgnlInstrId", order_id(n)),
            E("OrgnlEndToEndId", order_id(n)), E("OrgnlTxId", f"TX{n}"), money("OrgnlIntrBkSttlmAmt", 500_000),
            E("CxlRsnInf", E("Rsn", E("Cd", "DUPL"))))) for n in numbers])))


def pacs002(version, group=None, items=()):
    grouped = E("OrgnlGrpInfAndSts", kids(E("OrgnlMsgId", MESSAGE_ID), E("OrgnlMsgNmId", "pacs.008.001.02"), E("GrpSts", group) if group else None))
    return document("pacs.002", version, E("FIToFIPmtStsRpt", kids(
        E("GrpHdr", E("MsgId", f"PACS002-{version:02d}"), E("CreDtTm", "2026-11-23T11:00:00+07:00")), grouped, list(items))))


def pacs_item(status, line=1, code=None):
    return E("TxInfAndSts", kids(E("OrgnlInstrId", order_id(line)), E("OrgnlEndToEndId", order_id(line)), E("OrgnlTxId", f"TX{line}"), E("TxSts", status),
                                 reason(code) if code else None))


def pacs004(version, *rows):
    """Rows are (line, amount, reason)."""
    return document("pacs.004", version, E("PmtRtr", kids(
        E("GrpHdr", E("MsgId", f"PACS004-{version:02d}"), E("CreDtTm", "2026-11-25T14:00:00+07:00"), E("NbOfTxs", str(len(rows))), E("SttlmInf", E("SttlmMtd", "CLRG"))),
        [E("TxInf", kids(
            E("RtrId", f"RTR-{line}"), E("OrgnlGrpInf", E("OrgnlMsgId", MESSAGE_ID), E("OrgnlMsgNmId", "pacs.008")), E("OrgnlInstrId", order_id(line)),
            E("OrgnlEndToEndId", order_id(line)), E("OrgnlTxId", f"TX{line}"), money("OrgnlIntrBkSttlmAmt", 500_000), money("RtrdIntrBkSttlmAmt", amount),
            E("IntrBkSttlmDt", "2026-11-25"), reason(code, text="Khong tim thay tai khoan", name="RtrRsnInf"))) for line, amount, code in rows])))


def pain001(version, *batches, count=None, total=None):
    """Batches are lists of (line, amount) or (line, amount, currency)."""
    new = version >= 9
    bic = "BICFI" if new else "BIC"
    rows = [r for b in batches for r in b]
    sums = lambda b: str(sum(r[1] for r in b)) if all(isinstance(r[1], int) for r in b) else None
    return document("pain.001", version, E("CstmrCdtTrfInitn", kids(
        E("GrpHdr", kids(E("MsgId", MESSAGE_ID), E("CreDtTm", "2026-11-23T08:30:00+07:00"), E("NbOfTxs", str(len(rows) if count is None else count)),
                         E("CtrlSum", str(total) if total is not None else sums(rows)) if total is not None or sums(rows) else None, E("InitgPty", E("Nm", "SO Y TE TINH MAU")))),
        [E("PmtInf", kids(
            E("PmtInfId", f"{MESSAGE_ID}-{i:03d}"), E("PmtMtd", "TRF"), E("BtchBookg", "true"), E("NbOfTxs", str(len(b))), E("CtrlSum", sums(b)) if sums(b) else None,
            E("PmtTpInf", E("CtgyPurp", E("Cd", "SSBE"))), E("ReqdExctnDt", E("Dt", "2026-11-24")) if new else E("ReqdExctnDt", "2026-11-24"),
            E("Dbtr", E("Nm", "SO Y TE TINH MAU")), E("DbtrAcct", E("Id", E("Othr", E("Id", OUR_ACCOUNT))), E("Ccy", "VND")),
            E("DbtrAgt", E("FinInstnId", E(bic, "AAAAVNVX"))), E("ChrgBr", "DEBT"),
            [E("CdtTrfTxInf", E("PmtId", E("InstrId", order_id(r[0])), E("EndToEndId", order_id(r[0]))), E("Amt", money("InstdAmt", r[1], r[2] if len(r) > 2 else "VND")),
               E("CdtrAgt", E("FinInstnId", E(bic, "BBBBVNVX"))), E("Cdtr", E("Nm", PEOPLE[r[0] % 8])), E("CdtrAcct", E("Id", E("Othr", E("Id", f"19{r[0]:08d}")))),
               E("RmtInf", E("Ustrd", f"{order_id(r[0])} TRO CAP T11/2026"))) for r in b])) for i, b in enumerate(batches, 1)])))


# ---------------------------------------------------------------- the files

FILES = {}


def add(name, message, valid, shows, body):
    """Keeps a file: an element is written as UTF-8 with a declaration, a text as UTF-8, bytes as they are."""
    assert name not in FILES, name
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else text_of(body)).encode("utf-8")
    FILES[name + ".xml"] = (message, valid, shows, data)


def versions():
    for v in (3, 10, 11, 12, 13, 14, 15):
        add(f"pain.002.001.{v:02d}-one-rejected", f"pain.002.001.{v:02d}", "yes", "one accepted and one rejected payment in this version",
            pain002(v, "PART", [batch(None, [item("ACSP", 1), item("RJCT", 2, [reason("AC04", text="Account closed")])])]))
    for v in (4, 6, 7, 8, 9):
        add(f"pain.002.001.{v:02d}-one-rejected", f"pain.002.001.{v:02d}", "none", "a version without a schema at hand",
            pain002(v, "PART", [batch(None, [item("ACSP", 1), item("RJCT", 2, [reason("AC04")])])]))
    for message, known, other in (("camt.053", (2, 4, 6, 8, 10, 12, 13, 14), (3, 5, 7, 9, 11)), ("camt.052", (2, 4, 8, 10, 12, 13, 14), (3, 6, 7)), ("camt.054", (2, 4, 6, 8, 10, 12, 13, 14), (3, 5, 7))):
        for v in known + other:
            add(f"{message}.001.{v:02d}-debit-and-return", f"{message}.001.{v:02d}", "yes" if v in known else "none",
                "a booked debit and a booked return with its reason in this version",
                statement(v, paid(v), returned(v), message=message, sequence="328" if message == "camt.053" else None))
    for v in (3, 8, 9, 10, 11):
        add(f"camt.029.001.{v:02d}-recall-answers", f"camt.029.001.{v:02d}", "yes", "a recall agreed, one refused and one pending",
            camt029(v, "RJCR", [recall_item("ACCR", 1), recall_item("RJCR", 2, "CUST"), recall_item("PDCR", 3)], batch_level=True))
    for v in (8, 9):
        add(f"camt.055.001.{v:02d}-two-recalled", f"camt.055.001.{v:02d}", "yes", "our own request to recall two payments", camt055(v, 1, 2))
    for v in (1, 8, 9, 10):
        add(f"camt.056.001.{v:02d}-two-recalled", f"camt.056.001.{v:02d}", "yes", "a bank's request to another bank, passed on", camt056(v, 1, 2))
    for v in (3, 10):
        add(f"pacs.002.001.{v:02d}-one-rejected", f"pacs.002.001.{v:02d}", "yes", "an interbank report passed on: one settled, one rejected",
            pacs002(v, None, [pacs_item("ACSC", 1), pacs_item("RJCT", 2, "AC01")]))
    add("pacs.002.001.10-group-rejected", "pacs.002.001.10", "yes", "an interbank report that rejects the whole message", pacs002(10, "RJCT"))
    for v in (2, 9, 10, 11):
        add(f"pacs.004.001.{v:02d}-two-returned", f"pacs.004.001.{v:02d}", "yes", "an interbank return passed on: one whole, one in part",
            pacs004(v, (1, 500_000, "AC01"), (2, 490_000, "AC04")))
    for v in (3, 9, 10, 11, 12, 13):
        add(f"pain.001.001.{v:02d}-two-batches", f"pain.001.001.{v:02d}", "yes", "two batches with three payments of our own",
            pain001(v, [(1, 500_000), (2, 1_500_000)], [(3, 750_000)]))
    add("pain.002.001.99-unknown-version", "pain.002.001.99", "none", "a version that does not exist yet", pain002(99, None, [batch(None, [item("RJCT", 1, [reason("AC01")])])]))
    add("camt.053.001.99-unknown-version", "camt.053.001.99", "none", "a version that does not exist yet", statement(99, paid(99)))
    add("camt.053.001.08-old-status-form", "camt.053.001.08", "no", "Sts as text in a version that wants Sts/Cd",
        text_of(statement(8, paid(8))).replace("<Sts>\n          <Cd>BOOK</Cd>\n        </Sts>", "<Sts>BOOK</Sts>"))
    add("camt.053.001.02-new-status-form", "camt.053.001.02", "no", "Sts/Cd in a version that wants text",
        text_of(statement(2, paid(2))).replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"))


def levels():
    def p(slug, shows, *args, v=10, valid="yes", **kw):
        add(f"status-{slug}", f"pain.002.001.{v:02d}", valid, shows, pain002(v, *args, **kw))

    p("group-rejected", "GrpSts RJCT alone: the whole message", "RJCT", reasons=[reason("FF01", text="Sai dinh dang")])
    p("group-rejected-03", "the same in version 03", "RJCT", reasons=[reason("FF01")], v=3)
    for code in ("ACTC", "ACCP", "PDNG", "RCVD", "ACSP", "ACSC", "ACWC"):
        p(f"group-{code.lower()}", f"GrpSts {code} alone: the file's own state", code)
    p("group-part-alone", "GrpSts PART with nothing below", "PART")
    p("batch-rejected", "PmtInfSts RJCT without transactions: every payment of the batch", None, [batch("RJCT", reasons=[reason("AM04", text="Khong du so du")])])
    p("batch-rejected-of-two", "one batch rejected whole, the other accepted", "PART", [batch("RJCT", reasons=[reason("AG01")]), batch("ACSP", ident=SECOND_BATCH_ID)])
    p("batch-accepted", "PmtInfSts ACSP alone", None, [batch("ACSP")])
    p("two-batches-rejected", "both batches rejected at their own level", "PART", [batch("RJCT", reasons=[reason("AM04")]), batch("RJCT", ident=SECOND_BATCH_ID, reasons=[reason("AM04")])])
    p("batch-and-item-rejected", "one batch rejected whole and an item rejected in another: the lowest level with one is the item's", "PART",
      [batch("RJCT", reasons=[reason("AM04")]), batch("PART", [item("RJCT", 3, [reason("AC01")])], ident=SECOND_BATCH_ID)])
    p("items-only", "no GrpSts, no PmtInfSts, no OrgnlMsgNmId", None, [batch(None, [item("ACSC", 1), item("RJCT", 2, [reason("AC06")])])], named=None, valid="no")
    p("items-only-named", "no GrpSts, no PmtInfSts", None, [batch(None, [item("ACSC", 1), item("RJCT", 2, [reason("AC06")])])])
    p("part-rejects-only", "PmtInfSts PART with only the rejected ones", None, [batch("PART", [item("RJCT", 4, [reason("AC01")]), item("RJCT", 6, [reason("BE01")])])])
    p("part-with-counts", "PART with NbOfTxsPerSts that says how many were accepted", "PART",
      [batch("PART", [item("RJCT", 2, [reason("AC04")])], count=3, total="1500000", per_status=[(1, "RJCT"), (2, "ACSP")])], count=3, total="1500000")
    p("accepted-above-rejected-batch", "GrpSts ACTC with PmtInfSts RJCT: the lower level stands", "ACTC", [batch("RJCT", reasons=[reason("AC02")])])
    p("accepted-above-rejected-item", "GrpSts ACTC and PmtInfSts ACSP with a rejected item", "ACTC", [batch("ACSP", [item("RJCT", 1, [reason("MS03")])])])
    p("rejected-above-settled-item", "GrpSts RJCT, and an item that says otherwise", "RJCT", [batch(None, [item("ACSC", 1)])], reasons=[reason("NARR", text="Xem chi tiet")])
    p("rejected-at-every-level", "RJCT for the message, its batch and its item", "RJCT", [batch("RJCT", [item("RJCT", 1, [reason("AC04")])], reasons=[reason("AC04")])])
    p("unknown-group-code", "RVMC as a group status, which is not in the group list", "RVMC", [batch(None, [item("ACSP", 1)])])
    p("unknown-batch-code", "a batch status nobody knows", None, [batch("ZZ99", [item("RJCT", 1, [reason("AC04")])])])
    p("unknown-item-code", "an item status nobody knows", None, [batch(None, [item("ZZ99", 1), item("RJCT", 2, [reason("AC04")])])])
    p("unknown-code-too-long", "a status longer than four letters", None, [batch(None, [item("REJECTED", 1)])], valid="no")
    p("lower-case-code", "a status in small letters is not a code", None, [batch(None, [item("rjct", 1)])], valid="yes")
    p("blanks-around-code", "a status with blanks and line ends around it", None, [batch(None, [item("\n  RJCT  \n", 1, [reason("AC04")])])], valid="no")
    p("item-without-status", "an item without a status of its own under a batch status", None, [batch("RJCT", [item(None, 1), item(None, 2)])])
    p("several-reasons", "several reasons: code, proprietary, text", None,
      [batch(None, [item("RJCT", 1, [reason("AC01"), reason(proprietary="E-105"), reason(text=["So tai khoan sai", "Lien he chi nhanh"])])])])
    p("proprietary-reason", "a reason in the bank's own code", None, [batch(None, [item("RJCT", 1, [reason(proprietary="TK_DONG")])])])
    p("text-only-reason", "a reason in words only", None, [batch(None, [item("RJCT", 1, [reason(text="TAI KHOAN KHONG TON TAI")])])])
    p("narrative-reason", "NARR with its text", None, [batch(None, [item("RJCT", 1, [reason("NARR", text="Ten nguoi huong khong khop")])])])
    p("no-reason", "a rejection without any reason", None, [batch(None, [item("RJCT", 1)])])
    p("reason-for-success", "a reason code for success", None, [batch(None, [item("ACSC", 1, [reason(proprietary="0000", text="Thanh cong")])])])
    p("deceased", "MD07", None, [batch(None, [item("RJCT", 5, [reason("MD07", text="Nguoi huong da chet")])])])
    for code in ("ACSC", "ACCC", "ACWP", "ACPD", "ACFC", "PATC", "CANC", "CPUC", "BLCK", "RVNM"):
        p(f"item-{code.lower()}", f"TxSts {code}", None, [batch(None, [item(code, 1)])])
    p("id-uetr-only", "only the UETR names the payment", None, [batch(None, [item("RJCT", 1, [reason("AC04")], end_to_end="", instruction="", uetr=UETR % 1)])])
    p("id-instruction-only", "only the InstrId names the payment", None, [batch(None, [item("RJCT", 1, [reason("AC04")], end_to_end="")])])
    p("id-notprovided", "EndToEndId NOTPROVIDED beside our InstrId", None, [batch(None, [item("RJCT", 1, [reason("AC04")], end_to_end="NOTPROVIDED")])])
    p("id-none", "an item without any id", None, [batch(None, [item("RJCT", 1, [reason("AC04")], end_to_end="", instruction="")])])
    p("id-not-ours", "an item of another payer", None, [batch(None, [item("RJCT", 1, [reason("AC04")], end_to_end="LUONG-T11-0001", instruction="LUONG-T11-0001")], ident="LUONG-T11")], message="LUONG-T11")
    p("no-message-id", "no OrgnlMsgId: the batch id has to do", None, [batch(None, [item("RJCT", 1, [reason("AC04")])])], message=None, valid="no")
    p("named-nacha", "an untrustworthy OrgnlMsgNmId", None, [batch(None, [item("RJCT", 1, [reason("AC04")])])], named="NACHA")
    p("named-dialect", "OrgnlMsgNmId with a country's suffix", None, [batch(None, [item("ACSP", 1)])], named="pain.001.001.03.ch.02")
    p("about-transport", "a transport protocol in the form of a report", "ACTC", [batch("RJCT")], message="EBICS0001", named="EBICS")
    p("about-direct-debits", "a report about direct debits", None, [batch(None, [item("RJCT", 1, [reason("AC04")])])], named="pain.008.001.02")
    p("count-differs", "OrgnlNbOfTxs that is not ours", "RJCT", count=7, total="1500000")
    p("wide-report", "forty items, every fourth rejected", "PART", [batch("PART", [item("RJCT" if n % 4 == 0 else "ACSP", n, [reason("AC01")] if n % 4 == 0 else []) for n in range(1, 41)])])
    add("status-empty-elements", "pain.002.001.10", "no", "empty elements are absent ones",
        text_of(pain002(10, "PART", [batch(None, [item("RJCT", 1, [reason("AC04")])])])).replace("<GrpSts>PART</GrpSts>", "<GrpSts/>").replace("<OrgnlPmtInfId>" + BATCH_ID + "</OrgnlPmtInfId>", "<OrgnlPmtInfId></OrgnlPmtInfId>"))
    add("status-wrong-order", "pain.002.001.10", "no", "elements in another order, and one that no schema knows",
        text_of(pain002(10, None, [batch(None, [item("RJCT", 1, [reason("AC04")])])])).replace("<TxSts>RJCT</TxSts>", "<Unknown><TxSts>ACSC</TxSts></Unknown>").replace("<OrgnlInstrId>", "<TxSts>RJCT</TxSts><OrgnlInstrId>"))
    add("status-original-amounts", "pain.002.001.10", "yes", "the original amounts in OrgnlTxRef are no entries",
        pain002(10, None, [batch(None, [item("RJCT", 1, [reason("AC04")], extra=[E("OrgnlTxRef", E("Amt", money("InstdAmt", 500_000)))])])]))


# The schema wants a balance in every statement; an available one takes no part in the equation of booked sums.
AVAILABLE = [balance("CLAV", 1)]


def entries():
    def s(slug, shows, *rows, v=8, valid="yes", message="camt.053", **kw):
        add(f"entry-{slug}", f"{message}.001.{v:02d}", valid, shows, statement(v, *rows, message=message, **kw))

    for status in ("BOOK", "PDNG", "INFO", "FUTR"):
        s(f"status-{status.lower()}", f"an entry {status}", paid(8, 1, status=status), returned(8, 2, status=status))
        if status != "FUTR":
            s(f"status-{status.lower()}-04", f"an entry {status} in version 04", paid(4, 1, status=status), v=4)
    s("status-missing", "an entry without a status", paid(8, 1, status=None), valid="no")
    s("status-missing-054", "a notification without a status", paid(2, 1, status=None), v=2, valid="no", message="camt.054")
    s("reversal", "RvslInd true and the balances follow the booking's side", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", end_to_end=order_id(1))], reversal="true"))
    s("reversal-turned", "RvslInd true and the balances fit only when its side is turned", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", end_to_end=order_id(1))], reversal="true"),
      balances=[balance("OPBD", 10_000_000), balance("CLBD", 9_500_000)])
    s("reversal-false", "RvslInd false says nothing", paid(8, 1, reversal="false"))
    s("batch-without-details", "one debit for a batch, no details", entry(8, 2_000_000, batch_of=(BATCH_ID, 4), servicer="FT26328900001"))
    s("batch-minus-rejected", "one debit for a batch less a rejected payment", entry(8, 1_500_000, batch_of=(BATCH_ID, 3)))
    s("batch-with-details", "one debit and a detail for each payment", entry(8, 1_500_000, batch_of=(BATCH_ID, 3), details=[detail(8, 500_000, end_to_end=order_id(n), batch_id=BATCH_ID) for n in (1, 2, 3)]))
    s("batch-with-details-02", "the same in version 02", entry(2, 1_500_000, batch_of=(BATCH_ID, 3), details=[detail(2, 500_000, end_to_end=order_id(n), batch_id=BATCH_ID) for n in (1, 2, 3)]), v=2)
    s("two-groups-of-details", "details in two NtryDtls", entry(8, 1_000_000, groups=[[detail(8, 500_000, end_to_end=order_id(1))], [detail(8, 500_000, end_to_end=order_id(2))]]))
    s("many-details", "fifty details under one entry", entry(8, 25_000_000, batch_of=(BATCH_ID, 50), details=[detail(8, 500_000, end_to_end=order_id(n)) for n in range(1, 51)]))
    s("details-differ", "details that do not add up to the entry", entry(8, 1_500_000, details=[detail(8, 500_000, end_to_end=order_id(1)), detail(8, 900_000, end_to_end=order_id(2))]))
    s("details-differ-by-charges", "details and charges that do add up", entry(8, 1_490_000, "CRDT", charges=10_000, details=[detail(8, 500_000, "CRDT", end_to_end=order_id(1)), detail(8, 1_000_000, "CRDT", end_to_end=order_id(2))]))
    s("detail-without-amount", "a detail without an amount of its own", entry(8, 500_000, details=[E("TxDtls", E("Refs", E("EndToEndId", order_id(1))))]))
    s("detail-instructed-amount", "only InstdAmt in the detail", entry(2, 500_000, details=[detail(2, 500_000, amount_as="InstdAmt", end_to_end=order_id(1))]), v=2)
    s("detail-transaction-amount", "TxAmt in a version that has an amount of its own too", entry(8, 500_000, details=[detail(8, 500_000, amount_as="TxAmt", end_to_end=order_id(1))]))
    s("detail-own-side", "a credit detail under a debit entry that nets", entry(8, 300_000, details=[detail(8, 500_000, "DBIT", end_to_end=order_id(1)), detail(8, 200_000, "CRDT", end_to_end=order_id(2), back=came_back("AC04"))]))
    s("lump-return-details", "one credit for three returned payments, with details", entry(8, 1_500_000, "CRDT", code=transaction_code(**RETURN), details=[detail(8, 500_000, "CRDT", end_to_end=order_id(n), back=came_back(c)) for n, c in ((1, "AC01"), (2, "AC04"), (3, "MD07"))]))
    s("lump-return-no-details", "one credit for several returned payments, without details", entry(8, 1_500_000, "CRDT", code=transaction_code(**RETURN), batch_of=(BATCH_ID, 3)))
    s("lump-return-some-reasons", "one lump credit where only some details give a reason", entry(8, 1_000_000, "CRDT", details=[detail(8, 500_000, "CRDT", end_to_end=order_id(1), back=came_back("AC01")), detail(8, 500_000, "CRDT", end_to_end="NOTPROVIDED")]))
    s("return-by-reason-only", "RtrInf on a credit with an ordinary transaction code", returned(8, 2, code=transaction_code("RCDT", "DMCT")))
    s("return-proprietary-reason", "RtrInf in the bank's own code", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", end_to_end=order_id(2), back=came_back(proprietary="HT01"))]))
    s("return-text-reason", "RtrInf in words only", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", end_to_end=order_id(2), back=came_back(text="TK da dong"))]))
    for family, sub in (("ICDT", "RRTN"), ("ICDT", "RPCR"), ("ICDT", "ARET"), ("RCDT", "RRTN"), ("IRCT", "RRTN")):
        s(f"return-{family.lower()}-{sub.lower()}", f"a credit {family}/{sub} without RtrInf", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", end_to_end=order_id(2))], code=transaction_code(family, sub)))
    s("return-code-in-detail", "the sub-family stands in the detail only", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", end_to_end=order_id(2), code=transaction_code(**RETURN))]))
    s("debit-rcdt-rrtn", "a debit RCDT/RRTN takes back a credit we received: no return of ours", entry(8, 500_000, "DBIT", code=transaction_code("RCDT", "RRTN")))
    s("return-by-id", "a credit that names our EndToEndId and nothing else", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", end_to_end=order_id(2))]))
    s("return-id-in-text", "our id stands in the remittance text", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", text=f"HOAN TRA CT TU 0123 {order_id(2)} TRO CAP T11/2026")]))
    s("return-id-glued", "our id glued to other letters in the entry's text", entry(8, 500_000, "CRDT", text=f"HTRA.{order_id(2).lower()}.TRO CAP.MBVCB"))
    s("return-id-cut", "our id cut by the bank: the check character is missing", entry(8, 500_000, "CRDT", text=f"HOAN TRA {order_id(2)[:-1]}"))
    s("return-id-mistyped", "our id with one wrong character", entry(8, 500_000, "CRDT", text=f"HOAN TRA {order_id(2)[:-2]}B{order_id(2)[-1]}"))
    s("return-by-phrase", "a bank's phrase and the payee's account, no id", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", text="HOAN TRA LENH CHUYEN TIEN SAI TK", account="1900000002")]))
    s("return-by-servicer-reference", "the bank's reference of our debit", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", servicer="FT26328000002")]))
    s("return-partial", "less comes back than was paid", entry(8, 489_000, "CRDT", charges=11_000, details=[detail(8, 489_000, "CRDT", end_to_end=order_id(2), back=came_back("AC04"), charges=11_000)], code=transaction_code(**RETURN)))
    s("return-larger", "more comes back than was paid", returned(8, 2, 600_000))
    s("return-twice", "the same payment comes back twice", returned(8, 2), returned(8, 2))
    s("return-announced-054", "a notification of a return, booked", returned(8, 2), message="camt.054")
    s("return-announced-052", "a return in the intraday report, pending", returned(8, 2, status="PDNG"), message="camt.052")
    s("return-with-rtrinf-on-debit", "RtrInf on a debit is no return of ours", entry(8, 500_000, "DBIT", [detail(8, 500_000, "DBIT", end_to_end="NOTPROVIDED", back=came_back("AC04"))]))
    s("charge", "a fee", entry(8, 11_000, code=transaction_code("MDOP", "CHRG")))
    s("interest", "interest", entry(8, 1_234, "CRDT", code=transaction_code("MCOP", "INTR", "ACMT")))
    s("funding", "money from the Treasury", entry(8, 900_000_000, "CRDT", text="KBNN CHUYEN KINH PHI T11"))
    s("proprietary-code", "only the bank's own transaction code", entry(8, 500_000, code=transaction_code(proprietary="NTRF")))
    s("code-xtnd", "XTND/NTAV/NTAV with the bank's own code", entry(8, 500_000, code=transaction_code("NTAV", "NTAV", "XTND")))
    s("other-currency", "an entry in another currency", entry(8, "120.50", "CRDT", currency="USD"), balances=AVAILABLE)
    s("two-currencies", "entries in two currencies are summed apart", paid(8, 1), entry(8, "120.50", "CRDT", currency="USD"), entry(8, "0.005", "DBIT", currency="BHD"))
    s("fraction-of-dong", "a fraction of a đồng", entry(8, "500000.25"), balances=AVAILABLE)
    s("decimals-of-zero", "an amount with zeros after the point", entry(8, "500000.00"), balances=AVAILABLE)
    s("five-decimals", "five places after the point", entry(8, "1.00000", "CRDT", currency="EUR"), entry(8, "0.00001", "CRDT", currency="EUR"), balances=AVAILABLE)
    s("amount-without-whole-part", "an amount that begins with its point", entry(8, ".38", "CRDT", currency="EUR"), balances=AVAILABLE)
    s("amount-plus-and-zeros", "a plus sign, leading zeros and blanks", entry(8, " +000500000 "), balances=AVAILABLE)
    s("amount-largest", "eighteen digits", entry(8, "999999999999999999"), entry(8, "999999999999999999"), balances=AVAILABLE)
    s("amount-zero", "a sum of nothing", entry(8, 0, "CRDT"))
    s("amount-malformed", "amounts that are none", entry(8, "1,5"), entry(8, "-3"), entry(8, "1e3"), entry(8, "abc"), entry(8, "7"), valid="no", balances=AVAILABLE)
    s("amount-without-currency", "an amount without a currency", entry(8, "500000", currency=""), valid="no", balances=AVAILABLE)
    s("side-missing", "an entry without its side", entry(8, 500_000, None, [detail(8, 500_000, end_to_end=order_id(1), own_side=False)]), valid="no", balances=AVAILABLE)
    s("side-unknown", "a side that is neither", entry(8, 500_000, "DEBIT"), valid="no", balances=AVAILABLE)
    s("ids-notprovided", "NOTPROVIDED in every reference", entry(8, 500_000, details=[detail(8, 500_000, end_to_end="NOTPROVIDED", instruction="NOTPROVIDED")]))
    s("no-references", "an entry without any reference or text", entry(8, 500_000))
    s("two-equal-payments", "two equal payments to one person on one day are two", paid(8, 1), paid(8, 1))
    s("two-equal-entries-no-ids", "two equal entries without ids are two", entry(8, 500_000, text="CHUYEN TIEN"), entry(8, 500_000, text="CHUYEN TIEN"))
    s("dates-with-time", "the booking day with a time and an offset", paid(8, 1, time="2026-11-24T23:59:59+07:00"))
    s("dates-with-time-no-offset", "the booking day with a time and no offset", paid(8, 1, time="2026-11-24T23:59:59"))
    s("several-texts", "several unstructured texts, cut in the middle of our id", entry(8, 500_000, "CRDT", [detail(8, 500_000, "CRDT", text=[f"HOAN TRA {order_id(2)[:9]}", f"{order_id(2)[9:]} TRO CAP"])]))
    s("several-proprietary-references", "Refs/Prtry many times", entry(8, 500_000, details=[detail(8, 500_000, end_to_end=order_id(1), other_refs=[E("Prtry", E("Tp", t), E("Ref", r)) for t, r in (("SEQ", "1"), ("REFNO", "99"))])]))
    s("uetr", "the UETR alone names the payment", entry(8, 500_000, details=[detail(8, 500_000, uetr=UETR % 1)]))
    s("accented-text", "accented Vietnamese, composed", entry(8, 500_000, "CRDT", text="Hoàn trả lệnh chuyển tiền: tài khoản đã đóng"))
    s("decomposed-text", "accented Vietnamese, decomposed", entry(8, 500_000, "CRDT", text="Hoa\u0300n tra\u0309 le\u0323\u0302nh chuye\u0302\u0309n tie\u0302\u0300n"))
    s("escaped-text", "text with &, < and quotes", entry(8, 500_000, "CRDT", text="A & B <C> \"D\" 'E'"))


def statements():
    def s(slug, shows, *sheets, message="camt.053", v=8, valid="yes"):
        add(f"statement-{slug}", f"{message}.001.{v:02d}", valid, shows, account_message(message, v, *sheets))

    rows = [paid(8, 1), paid(8, 3), returned(8, 2)]
    s("balances-fit", "opening, booked and closing fit", sheet("camt.053", 8, rows, fitting(rows)))
    s("balances-differ", "the closing balance does not follow", sheet("camt.053", 8, rows, [balance("OPBD", 10_000_000), balance("CLBD", 1)]))
    s("balance-before", "PRCD in the place of OPBD", sheet("camt.053", 8, rows, fitting(rows, kinds=("PRCD", "CLBD"))))
    s("balance-negative", "an account in debit", sheet("camt.053", 8, rows, [balance("OPBD", 100_000), balance("CLBD", 400_000, "DBIT")]))
    s("balance-only-closing", "no opening balance", sheet("camt.053", 8, rows, [balance("CLBD", 9_500_000)]))
    s("balance-none", "no balances", sheet("camt.053", 8, rows), valid="no")
    s("balance-available-only", "only available balances", sheet("camt.053", 8, rows, [balance("OPAV", 1), balance("CLAV", 2)]))
    s("balance-interim", "interim balances of an intraday report", sheet("camt.052", 8, rows, [balance("ITBD", 1), balance("ITAV", 1)]), message="camt.052")
    s("balance-other-currency", "a closing balance in another currency", sheet("camt.053", 8, rows, [balance("OPBD", 1), balance("CLBD", 1, currency="USD")]))
    s("pending-outside-balance", "a pending entry is not in the balance", sheet("camt.053", 8, rows + [paid(8, 4, status="PDNG")], fitting(rows)))
    s("empty", "a day without entries", sheet("camt.053", 8, [], [balance("OPBD", 5), balance("CLBD", 5)]))
    s("copy", "CpyDplctInd CODU", sheet("camt.053", 8, rows, fitting(rows), copy="CODU", sequence="328"))
    s("duplicate", "CpyDplctInd DUPL", sheet("camt.053", 8, rows, fitting(rows), copy="DUPL", sequence="328"))
    s("sequence-gap", "sequence numbers 328 and 330", sheet("camt.053", 8, rows, fitting(rows), "1", sequence="328"), sheet("camt.053", 8, [paid(8, 5)], fitting([paid(8, 5)]), "2", sequence="330"))
    s("sequence-in-order", "sequence numbers 328 and 329", sheet("camt.053", 8, rows, fitting(rows), "1", sequence="328"), sheet("camt.053", 8, [paid(8, 5)], fitting([paid(8, 5)], opening=9_500_000), "2", sequence="329"))
    s("several-accounts", "three accounts in one file", *[sheet("camt.053", 8, [paid(8, n)], fitting([paid(8, n)]), str(n), account=f"00110022334{n:02d}") for n in (1, 2, 3)])
    s("several-notifications", "two notifications in one file", sheet("camt.054", 8, [paid(8, 1)], (), "1"), sheet("camt.054", 8, [returned(8, 2)], (), "2"), message="camt.054")
    s("iban", "an account by IBAN, invented", sheet("camt.053", 8, rows, fitting(rows), account="XX00AAAA00000000000001", iban=True))
    s("period", "with its period", sheet("camt.053", 8, rows, fitting(rows), period=("2026-11-24T00:00:00+07:00", "2026-11-24T23:59:59+07:00")))
    s("account-with-zeros", "leading zeros of the account kept", sheet("camt.053", 8, rows, fitting(rows), account="0000011002233445"))
    add("statement-totals-differ", "camt.053.001.08", "yes", "a summary that does not agree with the entries", account_message("camt.053", 8, sheet("camt.053", 8, rows, fitting(rows),
        summary=E("TxsSummry", E("TtlNtries", E("NbOfNtries", "9"), E("Sum", "9"))))))
    add("camt.029-case-cancelled", "camt.029.001.09", "yes", "the whole case: cancelled as asked", camt029(9, "CNCL"))
    add("camt.029-case-refused", "camt.029.001.09", "yes", "the whole case: refused", camt029(9, "RJCR"))
    add("camt.029-case-pending", "camt.029.001.09", "yes", "the whole case: pending", camt029(9, "PDCR"))
    add("camt.029-items-at-case-level", "camt.029.001.09", "yes", "items directly under the case", camt029(9, "CNCL", [recall_item("ACCR", 1, uetr=UETR % 1), recall_item("RJCR", 2, "NOAS")]))
    add("pain.001-count-differs", "pain.001.001.09", "yes", "a header that counts and sums otherwise than its payments", pain001(9, [(1, 500_000), (2, 500_000)], count=3, total=1))
    add("pain.001-other-currency", "pain.001.001.09", "yes", "an instructed amount in another currency", pain001(9, [(1, 500_000), (2, "12.50", "USD")]))


def forms():
    """Dialects, envelopes, prefixes and several documents in a file."""
    one = lambda **kw: pain002(3, "PART", [batch(None, [item("ACSP", 1), item("RJCT", 2, [reason("AC04", text="Đã đóng")])])], **kw)
    ten = lambda **kw: pain002(10, "PART", [batch(None, [item("ACSP", 1), item("RJCT", 2, [reason("AC04", text="Đã đóng")])])], **kw)
    book = lambda v=2, **kw: statement(v, paid(v), returned(v), **kw)
    note = lambda v=8, **kw: statement(v, paid(v), returned(v), message="camt.054", **kw)

    def f(slug, message, shows, body, valid="none"):
        add(f"form-{slug}", message, valid, shows, body)

    f("six-interbank", "pain.002.001.03", "a Swiss namespace", one(namespace="http://www.six-interbank-clearing.com/de/pain.002.001.03.ch.02.xsd"))
    f("stuzza", "camt.053.001.02", "an Austrian namespace", book(namespace="ISO:camt.053.001.02:APC:STUZZA:payments:003"))
    f("swift-xsd", "pacs.002.001.10", "a namespace of the network", text_of(pacs002(10, None, [pacs_item("RJCT", 1, "AC04")])).replace(space("pacs.002", 10), "urn:swift:xsd:$pacs.002.001.10"))
    f("no-namespace", "pain.002", "no namespace at all", ten(namespace=""))
    f("no-namespace-statement", "camt.053", "a statement without a namespace", book(8, namespace=""))
    f("no-namespace-notification", "camt.054", "a notification without a namespace", note(namespace=""))
    f("mistyped-namespace", "camt.053.001.02", "20023 by mistake", book(namespace="urn:iso:std:iso:20023:tech:xsd:camt.053.001.02"))
    f("namespace-of-another-message", "pain.002", "the namespace of a statement over a report: the content decides", ten(namespace=space("camt.053", 2)))
    f("unrelated-namespace", "camt.054", "a namespace that says nothing", note(namespace="http://bank.example/notify"))
    f("prefixed", "pain.002.001.10", "every element with a prefix", text_of(ten(), prefix="ns2:"), "yes")
    f("prefixed-statement", "camt.053.001.02", "a statement with prefixes", text_of(book(), prefix="n0:"), "yes")
    f("two-prefixes", "camt.054.001.08", "a second namespace declared and used for an unknown element",
      text_of(note()).replace("<GrpHdr>", '<x:Trace xmlns:x="urn:bank:trace"><x:Ntry>1</x:Ntry></x:Trace><GrpHdr>', 1), "no")
    f("schema-location", "camt.053.001.02", "with xsi:schemaLocation",
      text_of(book()).replace("<Document ", '<Document xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02 camt.053.001.02.xsd" '), "yes")
    bare = lambda e: text_of(e, declaration="")
    head = lambda v: text_of(E("AppHdr", E("Fr", E("FIId", E("FinInstnId", E("BICFI", "AAAAVNVX")))), E("To", E("FIId", E("FinInstnId", E("BICFI", "BBBBVNVX")))), E("BizMsgIdr", "BIZ-1"),
        E("MsgDefIdr", "pain.002.001.10"), E("CreDt", "2026-11-23T09:15:00+07:00" if v > 1 else "2026-11-23T02:15:00Z"), xmlns=f"urn:iso:std:iso:20022:tech:xsd:head.001.001.{v:02d}"), declaration="")
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n'
    for v in (1, 2, 3):
        f(f"bizmsgenvlp-head-{v:02d}", "pain.002.001.10", f"BizMsgEnvlp with head.001.001.{v:02d}",
          declared + '<BizMsgEnvlp xmlns="urn:iso:std:iso:20022:tech:xsd:BizMsgEnvlp">\n' + head(v) + bare(ten()) + "</BizMsgEnvlp>\n")
    f("apphdr-and-document", "camt.054.001.08", "AppHdr and Document under a root of the bank's own", declared + "<RequestPayload>\n" + head(2) + bare(note()) + "</RequestPayload>\n")
    f("saa-datapdu", "camt.053.001.08", "Saa:DataPDU", declared + '<Saa:DataPDU xmlns:Saa="urn:swift:saa:xsd:saa.2.0">\n<Saa:Revision>2.0.14</Saa:Revision>\n<Saa:Header><Saa:Message><Saa:SenderReference>X1</Saa:SenderReference></Saa:Message></Saa:Header>\n<Saa:Body>\n'
      + head(2) + bare(book(8)) + "</Saa:Body>\n</Saa:DataPDU>\n")
    f("soap", "camt.054.001.08", "a SOAP envelope", declared + '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">\n<soap:Header/>\n<soap:Body>\n<GetNotificationResponse xmlns="http://bank.example/ws">\n'
      + bare(note()) + "</GetNotificationResponse>\n</soap:Body>\n</soap:Envelope>\n")
    f("soap-two-documents", "camt.054.001.08 pain.002.001.10", "two messages in one envelope", declared + '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>\n' + bare(note()) + bare(ten()) + "</soap:Body></soap:Envelope>\n")
    f("two-documents", "camt.053.001.02 camt.053.001.02", "two XML documents one after the other", text_of(book()) + text_of(book()))
    f("three-documents", "pain.002.001.10 camt.054.001.08 camt.053.001.02", "three messages of different kinds in one file", text_of(ten()) + "\n" + text_of(note()) + "\n\n" + text_of(book()))
    f("two-documents-one-rejecting-group", "pain.002.001.10 pain.002.001.10", "a rejected group and, in the next document, a rejected item", text_of(pain002(10, "RJCT", reasons=[reason("FF01")])) + text_of(ten()))
    f("comments-and-instructions", "pain.002.001.10", "comments and processing instructions", text_of(ten()).replace("<GrpHdr>", "<!-- hello <TxSts>RJCT</TxSts> --><?print now?><GrpHdr>"), "yes")
    f("cdata", "pain.002.001.10", "text in CDATA", text_of(ten()).replace("<TxSts>RJCT</TxSts>", "<TxSts><![CDATA[RJCT]]></TxSts>").replace("Đã đóng", "<![CDATA[Đã <đóng>]]>"), "yes")
    f("character-references", "pain.002.001.10", "text as character references", text_of(ten()).replace("<TxSts>RJCT</TxSts>", "<TxSts>&#82;J&#x43;T</TxSts>"), "yes")
    f("one-line", "camt.053.001.02", "all on one line", "".join(l.strip() for l in text_of(book()).splitlines()), "yes")
    f("single-quotes", "camt.053.001.02", "attributes in single quotes, blanks inside the tags", text_of(book()).replace('Ccy="VND"', "Ccy = 'VND' ").replace("<Ntry>", "<Ntry >"), "yes")
    f("windows-line-ends", "camt.053.001.02", "CR LF", text_of(book()).replace("\n", "\r\n"), "yes")
    f("blank-lines-before", "camt.053.001.02", "blank lines before the declaration", "\n  \n" + text_of(book()))
    f("text-split-by-comment", "pain.002.001.10", "a code with a comment in the middle", text_of(ten()).replace("<TxSts>RJCT</TxSts>", "<TxSts>RJ<!-- -->CT</TxSts>"), "yes")


def encodings():
    accent = "Tài khoản đã đóng"
    body = lambda text: text_of(pain002(10, None, [batch(None, [item("RJCT", 1, [reason("AC04", text=text)])])]), declaration="")
    head = lambda name: f'<?xml version="1.0" encoding="{name}"?>\n'

    def c(slug, shows, data, valid="yes"):
        add(f"encoding-{slug}", "pain.002.001.10", valid, shows, data)

    c("utf-8", "UTF-8 as declared", (head("UTF-8") + body(accent)).encode("utf-8"))
    c("utf-8-lower-case", "utf-8 in small letters", (head("utf-8") + body(accent)).encode("utf-8"))
    c("utf-8-mark", "UTF-8 with a byte order mark", (head("UTF-8") + body(accent)).encode("utf-8-sig"))
    c("no-declaration", "no declaration", body(accent).encode("utf-8"))
    c("no-declaration-mark", "no declaration, with a mark", body(accent).encode("utf-8-sig"))
    c("declaration-without-encoding", "a declaration without an encoding", ('<?xml version="1.0"?>\n' + body(accent)).encode("utf-8"))
    c("standalone", "a declaration with standalone", ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + body(accent)).encode("utf-8"))
    c("utf-16-le", "UTF-16, little end first, with its mark", b"\xff\xfe" + (head("UTF-16") + body(accent)).encode("utf-16-le"))
    c("utf-16-be", "UTF-16, big end first, with its mark", b"\xfe\xff" + (head("UTF-16") + body(accent)).encode("utf-16-be"))
    c("utf-16-le-no-declaration", "UTF-16 with a mark and no declaration", b"\xff\xfe" + body(accent).encode("utf-16-le"))
    c("iso-8859-1", "ISO-8859-1 as declared", (head("ISO-8859-1") + body("Compte fermé")).encode("latin-1"))
    c("windows-1252", "Windows-1252 as declared", (head("windows-1252") + body("Compte fermé – 5 €")).encode("cp1252"))
    c("us-ascii", "US-ASCII as declared", (head("US-ASCII") + body("Tai khoan da dong")).encode("ascii"))


def written():
    FILES.clear()
    versions(), levels(), entries(), statements(), forms(), encodings()
    index = io.StringIO()
    table = csv.writer(index, lineterminator="\n")
    table.writerow(["file", "messages", "valid", "bytes", "shows"])
    for name in sorted(FILES):
        message, valid, shows, data = FILES[name]
        table.writerow([name, message, valid, len(data), shows])
    return {**{MESSAGES / n: f[3] for n, f in FILES.items()}, HERE / "index.csv": index.getvalue().encode("utf-8")}


def main():
    files = written()
    if "--check" in sys.argv:
        stray = [p for p in MESSAGES.glob("*") if p not in files]
        different = [p for p, data in files.items() if not p.exists() or p.read_bytes() != data]
        for path in stray + different:
            print(f"{path.relative_to(HERE)}: not what make.py writes")
        return 1 if stray or different else 0
    MESSAGES.mkdir(exist_ok=True)
    for path, data in files.items():
        path.write_bytes(data)
    print(f"{len(files) - 1} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
