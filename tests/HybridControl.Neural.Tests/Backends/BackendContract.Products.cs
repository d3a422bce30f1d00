using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Tests.Backends;

public abstract partial class BackendContract
{
    [Test]
    public void Products_agree_in_every_format(
        [Values(1, 2, 5, 8, 13, 37)] int rows, [Values(1, 31, 64, 101)] int outputs, [Values(1, 17, 130)] int inputs, [Values] WeightFormat format)
    {
        Product(rows, outputs, inputs, format, gap: 0, factor: 1.0, keep: 0.0, biased: true);
    }

    [TestCase(1, 333, 1030)]
    [TestCase(12, 130, 515)]
    [TestCase(150, 70, 600)]
    [TestCase(401, 33, 40)]
    public void Large_products_agree(int rows, int outputs, int inputs)
    {
        Product(rows, outputs, inputs, WeightFormat.Native, gap: 0, factor: 1.0, keep: 0.0, biased: false);
    }

    [Test]
    public void Products_are_scaled_and_added_to_what_was_there(
        [Values(1, 9, 25)] int rows, [Values] WeightFormat format, [Values] bool biased, [Values(0.0, 1.0, -0.5)] double keep)
    {
        Product(rows, outputs: 45, inputs: 300, format, gap: 3, factor: 0.75, keep, biased);
    }

    [Test]
    public void A_product_ignores_what_it_does_not_keep([Values(1, 20)] int rows)
    {
        (Weight oracle, Weight subject) = _pair.Weight(40, 30, WeightFormat.Native);
        Operand x = _pair.Random(rows, 30);
        Operand y = _pair.Random(rows, 40);
        _pair.Run((b, of) =>
        {
            b.Fill(of(y), double.NaN);
            b.MatMul(of(x), ReferenceEquals(b, _subject) ? subject : oracle, default, 1.0, 0.0, of(y));
        });
        _pair.Check(y);
    }

    private void Product(int rows, int outputs, int inputs, WeightFormat format, int gap, double factor, double keep, bool biased)
    {
        (Weight oracle, Weight subject) = _pair.Weight(outputs, inputs, format);
        Operand x = _pair.Random(rows, inputs, gap: gap);
        Operand bias = biased ? _pair.Random(1, outputs) : Operand.None;
        Operand y = _pair.Random(rows, outputs, gap: 2 * gap);
        _pair.Run((b, of) => b.MatMul(of(x), ReferenceEquals(b, _subject) ? subject : oracle, of(bias), factor, keep, of(y)));
        _pair.Check(y);
    }
}
