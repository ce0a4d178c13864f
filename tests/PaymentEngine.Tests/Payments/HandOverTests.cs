using PaymentEngine.Core.Payments;

namespace PaymentEngine.Tests.Payments;

public class HandOverTests
{
    [Theory]
    [InlineData(OwnStep.Sealed, InChannel.Nothing, HandOverMove.Send)]
    [InlineData(OwnStep.Sealed, InChannel.SameBytes, HandOverMove.Proven)]
    [InlineData(OwnStep.Sealed, InChannel.OtherBytes, HandOverMove.NameTaken)]
    [InlineData(OwnStep.InDoubt, InChannel.Nothing, HandOverMove.StaysInDoubt)]
    [InlineData(OwnStep.InDoubt, InChannel.SameBytes, HandOverMove.Proven)]
    [InlineData(OwnStep.InDoubt, InChannel.OtherBytes, HandOverMove.NameTaken)]
    [InlineData(OwnStep.HandedOver, InChannel.Nothing, HandOverMove.AlreadySent)]
    [InlineData(OwnStep.HandedOver, InChannel.SameBytes, HandOverMove.AlreadySent)]
    [InlineData(OwnStep.HandedOver, InChannel.OtherBytes, HandOverMove.AlreadySent)]
    public void Only_a_file_nobody_tried_to_send_is_sent(OwnStep step, InChannel channel, HandOverMove expected) => Assert.Equal(expected, HandOver.Next(step, channel));

    [Theory]
    [InlineData(OwnStep.Prepared)]
    [InlineData(OwnStep.Approved)]
    [InlineData(OwnStep.Cancelled)]
    public void What_is_not_sealed_cannot_be_handed_over(OwnStep step) => Assert.Throws<InvalidOperationException>(() => HandOver.Next(step, InChannel.Nothing));
}
