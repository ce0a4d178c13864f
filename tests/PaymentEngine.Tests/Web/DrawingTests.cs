using System.Globalization;
using System.Text.Encodings.Web;
using System.Xml.Linq;
using Microsoft.AspNetCore.Html;
using PaymentEngine.App.Web;
using PaymentEngine.App.Web.Pictures;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Tests.Web;

public sealed class DrawingTests
{
    [Fact]
    public void A_bridge_ends_each_bar_where_the_next_begins_and_takes_hostile_names_as_text()
    {
        const string hostile = "<script>\"&'";
        var drawn = Read(Drawings.Bridge(hostile, ("trước", new Vnd(1_000_000)), [("mới", new Vnd(300_000)), (hostile, new Vnd(-100_000))], ("nay", new Vnd(1_200_000))));
        Assert.Equal(hostile, drawn.Attribute("aria-label")!.Value);
        Assert.Contains(drawn.Elements().Where(one => one.Name.LocalName == "text"), one => one.Value == hostile);
        var bars = drawn.Elements().Where(one => one.Name.LocalName == "rect").Select(one => (From: Number(one, "x"), To: Number(one, "x") + Number(one, "width"))).ToList();
        Assert.Equal(4, bars.Count);
        Assert.Equal(bars[0].To, bars[1].From);
        Assert.Equal(bars[1].To, bars[2].To);
        Assert.Equal(bars[2].From, bars[3].To);
        Assert.Contains("-100.000 ₫", drawn.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Bars_hold_the_largest_sums_there_are_and_show_the_smallest()
    {
        var drawn = Read(Drawings.Bars("tiền", [new("lớn", long.MaxValue, "lớn", Svg.Deed), new("nhỏ", 1, "1 ₫", Svg.Bad), new("không", 0, "0 ₫", Svg.Deed)]));
        Assert.Equal([330, 2, 0], drawn.Elements().Where(one => one.Name.LocalName == "rect").Select(one => Number(one, "width")));
        Assert.DoesNotContain("style=", drawn.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("", null)]
    public void An_asset_travels_in_the_smallest_form_the_browser_takes(string accepted, string? coding) => Assert.Equal(coding, AssetRoutes.CodingFor(accepted));

    static int Number(XElement one, string name) => int.Parse(one.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    static XElement Read(IHtmlContent drawn)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        drawn.WriteTo(text, HtmlEncoder.Default);
        return XElement.Parse(text.ToString());
    }
}
