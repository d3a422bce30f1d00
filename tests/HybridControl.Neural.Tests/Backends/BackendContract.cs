using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Tests.Backends;

/// <summary>
/// What every back-end must do: each operation gives the numbers of the plain loops, at sizes that no vector width divides, with
/// gaps between rows, on one row and on many streams, in place where that is allowed, with and without states. A back-end joins by
/// deriving a class that creates it.
/// </summary>
public abstract partial class BackendContract
{
    private BackendPair _pair = null!;
    private ITensorBackend _subject = null!;

    /// <summary>The back-end under test.</summary>
    protected abstract ITensorBackend Create();

    [OneTimeSetUp]
    public void CreateSubject() => _subject = Create();

    [OneTimeTearDown]
    public void DisposeSubject() => _subject?.Dispose();

    [SetUp]
    public void CreatePair() => _pair = new BackendPair(_subject, seed: 5);

    [TearDown]
    public void DisposePair() => _pair.Dispose();

    [Test]
    public void What_is_uploaded_can_be_downloaded()
    {
        using TensorBuffer buffer = _subject.Allocate(40);
        var view = new TensorView(buffer, 3, 4, 5, 9);
        float[] floats = [.. Enumerable.Range(0, 20).Select(i => i + 0.5f)];
        var doubles = new double[20];
        _subject.Upload(floats, view);
        _subject.Download(view, doubles);
        Assert.That(doubles, Is.EqualTo(floats.Select(x => (double)x)));
        var back = new float[20];
        _subject.Upload(doubles, view);
        _subject.Download(view, back);
        Assert.That(back, Is.EqualTo(floats));
        var whole = new double[40];
        _subject.Download(new TensorView(buffer, 0, 1, 40, 40), whole);
        Assert.That(whole.Where(x => x == 0.0).Count(), Is.EqualTo(20), "the gaps stay zero");
    }

    [Test]
    public void Operands_of_shapes_that_do_not_fit_are_refused()
    {
        Operand a = _pair.Random(2, 3);
        Operand b = _pair.Random(3, 2);
        (Weight _, Weight weight) = _pair.Weight(4, 5, WeightFormat.Native);
        Assert.Multiple(() =>
        {
            Assert.That(() => _subject.Copy(a.Subject, b.Subject), Throws.ArgumentException);
            Assert.That(() => _subject.AddScaled(a.Subject, 1.0, b.Subject), Throws.ArgumentException);
            Assert.That(() => _subject.Activate(Activation.Silu, a.Subject, b.Subject), Throws.ArgumentException);
            Assert.That(() => _subject.MatMul(a.Subject, weight, default, 1.0, 0.0, b.Subject), Throws.ArgumentException);
            Assert.That(() => _subject.Upload(new double[5], a.Subject), Throws.ArgumentException);
        });
    }

    [Test]
    public void Rows_are_filled_and_copied_within_their_gaps([Values(0, 3)] int gap)
    {
        Operand x = _pair.Random(5, 37, gap: gap);
        Operand y = _pair.Random(5, 37, gap: 2 * gap);
        _pair.Run((b, of) => b.Copy(of(x), of(y)));
        _pair.Check(y);
        _pair.Run((b, of) => b.Fill(of(x).ColumnsAt(3, 20), 1.5));
        _pair.Check(x);
    }

    [Test]
    public void Sums_and_products_of_entries_agree([Values(1, 7, 33, 100)] int columns, [Values(0, 5)] int gap)
    {
        Operand x = _pair.Random(3, columns, gap: gap);
        Operand y = _pair.Random(3, columns, gap: gap + 1);
        Operand row = _pair.Random(1, columns);
        Operand z = _pair.Random(3, columns, gap: gap);
        _pair.Run((b, of) => b.AddScaled(of(x), -0.75, of(y)));
        _pair.Check(y);
        _pair.Run((b, of) => b.Multiply(of(x), of(y), of(z)));
        _pair.Check(z);
        _pair.Run((b, of) => b.Multiply(of(x), of(row), of(x)));
        _pair.Check(x);
        _pair.Run((b, of) => b.Multiply(of(x), of(y), of(y)));
        _pair.Check(y);
    }

    [Test]
    public void Activations_agree_over_all_magnitudes([Values] Activation activation, [Values(4.0, 120.0)] double range)
    {
        Operand x = _pair.Random(3, 411, -range, range, gap: 2);
        Operand small = _pair.Random(1, 50, -1e-4, 1e-4);
        Operand y = _pair.Random(3, 411);
        _pair.Run((b, of) => b.Activate(activation, of(x), of(y)));
        _pair.Check(y);
        _pair.Run((b, of) => b.Activate(activation, of(x), of(x)));
        _pair.Check(x);
        _pair.Run((b, of) => b.Activate(activation, of(small), of(small)));
        _pair.Check(small);
    }

    [Test]
    public void Gates_agree_in_place_too([Values(Activation.Silu, Activation.Gelu, Activation.Sigmoid, Activation.Identity)] Activation activation, [Values(1, 45)] int columns)
    {
        Operand x = _pair.Random(4, columns, -3.0, 3.0, gap: 1);
        Operand gate = _pair.Random(4, columns, -9.0, 9.0, gap: 4);
        Operand y = _pair.Random(4, columns);
        _pair.Run((b, of) => b.Gate(of(x), activation, of(gate), of(y)));
        _pair.Check(y);
        _pair.Run((b, of) => b.Gate(of(x), activation, of(gate), of(x)));
        _pair.Check(x);
        _pair.Run((b, of) => b.Gate(of(x), activation, of(gate), of(gate)));
        _pair.Check(gate);
    }

    [Test]
    public void Norms_agree([Values] NormKind kind, [Values] GateOrder order, [Values(0, 6, 24)] int group, [Values] bool weighted)
    {
        const int Columns = 72;
        var settings = new NormSettings(kind, 1e-5, group, order);
        Operand x = _pair.Random(5, Columns, -2.0, 3.0, gap: 3);
        Operand weight = weighted ? _pair.Random(1, Columns) : Operand.None;
        Operand bias = weighted ? _pair.Random(1, Columns) : Operand.None;
        Operand gate = order == GateOrder.None ? Operand.None : _pair.Random(5, Columns, -4.0, 4.0, gap: 1);
        Operand y = _pair.Random(5, Columns);
        _pair.Run((b, of) => b.Normalize(settings, of(x), of(weight), of(bias), of(gate), of(y)));
        _pair.Check(y);
        _pair.Run((b, of) => b.Normalize(settings, of(x), of(weight), of(bias), of(gate), of(x)));
        _pair.Check(x);
    }

    [TestCase(1, 1)]
    [TestCase(2, 257)]
    [TestCase(40, 31)]
    public void Norms_agree_at_any_width(int rows, int columns)
    {
        Operand x = _pair.Random(rows, columns, 4.0, 5.0);
        Operand y = _pair.Random(rows, columns);
        foreach (NormKind kind in Enum.GetValues<NormKind>())
        {
            _pair.Run((b, of) => b.Normalize(new NormSettings(kind, 1e-3), of(x), default, default, default, of(y)));
            _pair.Check(y, times: 5.0); // a mean of 4.5 is taken from numbers that vary by 0.3
        }
    }

    [Test]
    public void Rows_of_a_weight_are_gathered_in_every_format([Values] WeightFormat format)
    {
        (Weight oracle, Weight subject) = _pair.Weight(75, 53, format);
        Operand y = _pair.Random(5, 53, gap: 2);
        int[] rows = [74, 0, 33, 33, 64];
        _pair.Run((b, of) => b.GatherRows(ReferenceEquals(b, _subject) ? subject : oracle, rows, 1.25, of(y)));
        _pair.Check(y);
    }

    [Test]
    public void Rows_and_entries_are_gathered_and_scattered()
    {
        Operand x = _pair.Random(6, 35, gap: 1);
        Operand y = _pair.Random(4, 35, gap: 3);
        Operand z = _pair.Random(4, 40);
        int[] rows = [5, 2, 2, 0];
        int[] entries = [.. Enumerable.Range(0, 40).Select(i => (i * 7 % 37) - 2)];
        double[] factors = [0.5, -2.0, 1.0, 3.0];
        _pair.Run((b, of) => b.GatherRows(of(x), rows, of(y)));
        _pair.Check(y);
        _pair.Run((b, of) => b.ScatterAddRows(of(y), rows, factors, of(x)));
        _pair.Check(x);
        _pair.Run((b, of) =>
        {
            using IndexBuffer indexes = b.LoadIndexes(entries);
            b.GatherEntries(of(y), indexes, of(z));
        });
        _pair.Check(z);
    }

    [TestCase(3, 8, 4)]
    [TestCase(2, 40, 13)]
    [TestCase(1, 64, 32)]
    public void Heads_are_turned(int heads, int width, int half)
    {
        Operand x = _pair.Random(7, heads * width, gap: 5);
        Operand table = _pair.Random(7, 2 * half, gap: 1);
        _pair.Run((b, of) => b.Rotate(of(x), heads, of(table)));
        _pair.Check(x);
    }
}
