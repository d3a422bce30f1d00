namespace HybridControl.Plotting.Tests;

public sealed class PlotTextTests
{
    [TestCase("m/s^2", "m/s²")]
    [TestCase("kg*m^-1", "kg·m⁻¹")]
    [TestCase("degC", "°C")]
    [TestCase("N*m/rad", "N·m/rad")]
    public void Units_are_printed_as_in_a_paper(string unit, string printed) =>
        Assert.That(PlotText.Unit(unit), Is.EqualTo(printed));

    [TestCase("h", "m", "h [m]")]
    [TestCase("n", "", "n")]
    [TestCase("", "m", "[m]")]
    public void Names_carry_their_unit(string name, string unit, string printed) =>
        Assert.That(PlotText.WithUnit(name, unit), Is.EqualTo(printed));

    [TestCase(0.5, 0.25, 2, "0.50")]
    [TestCase(-1.5, 0.5, 2, "−1.5")]
    [TestCase(3e-17, 0.1, 1, "0")]
    [TestCase(12.1, 0.05, 13, "12.10")]
    [TestCase(2e6, 1e6, 4e6, "2·10⁶")]
    [TestCase(2.5e-7, 5e-8, 4e-7, "2.5·10⁻⁷")]
    public void Tick_numbers_have_the_digits_that_their_step_needs(double value, double step, double largest, string printed) =>
        Assert.That(PlotText.Tick(value, step, largest), Is.EqualTo(printed));

    [TestCase(0, 12, 600, 70, 2)]
    [TestCase(19, 21, 200, 26, 0.5)]
    [TestCase(-1e-9, 1e-9, 200, 26, 5e-10)]
    public void Ticks_are_round_and_far_enough_apart(double lowest, double highest, double length, double apart, double step) =>
        Assert.That(new Ticks(lowest, highest, length, apart).Step, Is.EqualTo(step).Within(1e-12 * step));

    [TestCase(100000, 100000.001, 460)]
    [TestCase(1234.5678, 1234.5679, 460)]
    [TestCase(-1e7, -1e7 + 1, 300)]
    [TestCase(-0.3, 12, 60)]
    public void Numbers_of_a_horizontal_axis_never_overlap(double lowest, double highest, double length)
    {
        Ticks ticks = Ticks.Horizontal(lowest, highest, length, 60);
        Assert.That(length * ticks.Step / (highest - lowest), Is.GreaterThan(ticks.TextWidth + 5));
    }

    [TestCase("short", 100, "short")]
    [TestCase("a rather long title", 60, "a rather…")]
    [TestCase("anything", 1, "…")]
    public void A_text_is_shortened_to_the_room_there_is(string text, double room, string printed) =>
        Assert.That(PlotText.Shorten(text, room), Is.EqualTo(printed));

    [Test]
    public void A_constant_gets_room_and_rounding_noise_is_not_blown_up()
    {
        Assert.Multiple(() =>
        {
            Assert.That(PlotRange.Of([5]), Is.EqualTo((4.5, 5.5)));
            Assert.That(PlotRange.Of([0]), Is.EqualTo((-1.0, 1.0)));
            Assert.That(PlotRange.Of([]), Is.EqualTo((0.0, 1.0)));
            Assert.That(PlotRange.Of([1, 1 + 1e-15]).Highest, Is.GreaterThan(1.05));
        });
    }
}
