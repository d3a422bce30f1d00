using HybridControl.Neural.Backends;

namespace HybridControl.Neural.Tests.Backends;

public abstract partial class BackendContract
{
    [Test]
    public void Convolutions_agree([Values(1, 2, 3, 4, 5, 7)] int taps, [Values(1, 2, 19)] int length, [Values] bool centered, [Values] bool stateful)
    {
        const int Channels = 37;
        var shape = new SequenceShape(3, length);
        var settings = new ConvolutionSettings(taps, length % 2 == 0 ? Activation.Identity : Activation.Silu, centered);
        Operand x = _pair.Random(shape.Rows, Channels, gap: 3);
        Operand weight = _pair.Random(Channels, taps);
        Operand bias = stateful ? _pair.Random(1, Channels) : Operand.None;
        Operand state = stateful && !centered ? _pair.Random(3, Channels * taps) : Operand.None;
        Operand y = _pair.Random(shape.Rows, Channels, gap: 1);
        for (int pass = 0; pass < 2; pass++)
        {
            _pair.Run((b, of) => b.Convolve(settings, shape, of(x), of(weight), of(bias), of(state), of(y)));
            _pair.Check(y);
        }

        if (!state.Oracle.IsEmpty)
        {
            _pair.Check(state);
        }
    }

    [TestCase(1, 1, 3)]
    [TestCase(5, 4, 18)]
    [TestCase(8, 8, 33)]
    public void Convolutions_of_images_agree(int height, int width, int channels)
    {
        Operand x = _pair.Random(2 * height * width, channels, gap: 2);
        Operand weight = _pair.Random(channels, 9);
        Operand bias = _pair.Random(1, channels);
        Operand y = _pair.Random(2 * height * width, channels);
        _pair.Run((b, of) => b.ConvolveImages(height, width, of(x), of(weight), of(bias), of(y)));
        _pair.Check(y);
        _pair.Run((b, of) => b.ConvolveImages(height, width, of(x), of(weight), default, of(y)));
        _pair.Check(y);
    }

    [TestCase(1, 1, 1, 1, 1)]
    [TestCase(2, 33, 6, 5, 1)]
    [TestCase(1, 40, 48, 16, 1)]
    [TestCase(3, 1, 70, 16, 2)]
    [TestCase(1, 9, 99, 16, 3)]
    [TestCase(2, 12, 37, 8, 1)]
    [TestCase(1, 17, 64, 20, 4)]
    [TestCase(2, 5, 21, 33, 3)]
    public void Selective_scans_agree(int streams, int length, int channels, int size, int heads)
    {
        foreach (bool full in (bool[])[true, false])
        {
            SelectiveCase scan = new(_pair, new SequenceShape(streams, length), channels, size, heads, full);
            _pair.Run((b, of) => b.SelectiveScan(scan.Shape, scan.Operands(of, scan.Y)));
            _pair.Check(scan.Y);
            if (full)
            {
                _pair.Check(scan.State);
            }

            _pair.Run((b, of) => b.SelectiveScan(scan.Shape, scan.Operands(of, scan.X)));
            _pair.Check(scan.X);
        }
    }

    [Test]
    public void A_selective_scan_is_its_steps_one_after_another()
    {
        const int Length = 11;
        SelectiveCase scan = new(_pair, new SequenceShape(1, Length), 35, 16, 1, full: true);
        _pair.Run((b, of) =>
        {
            if (!ReferenceEquals(b, _subject))
            {
                b.SelectiveScan(scan.Shape, scan.Operands(of, scan.Y));
                return;
            }

            SelectiveScanOperands all = scan.Operands(of, scan.Y);
            for (int t = 0; t < Length; t++)
            {
                b.SelectiveScan(new SequenceShape(1, 1), all with
                {
                    X = all.X.RowsAt(t, 1),
                    Delta = all.Delta.RowsAt(t, 1),
                    B = all.B.RowsAt(t, 1),
                    C = all.C.RowsAt(t, 1),
                    Gate = all.Gate.RowsAt(t, 1),
                    Y = all.Y.RowsAt(t, 1),
                });
            }
        });
        _pair.Check(scan.Y);
        _pair.Check(scan.State);
    }

    [Test]
    public void A_selective_scan_bears_steps_of_every_size()
    {
        SelectiveCase scan = new(_pair, new SequenceShape(1, 30), 40, 16, 1, full: true, greatestStep: 200.0);
        _pair.Run((b, of) => b.SelectiveScan(scan.Shape, scan.Operands(of, scan.Y)));
        _pair.Check(scan.Y, times: 2.0);
    }

    [TestCase(1, 1, 5)]
    [TestCase(2, 13, 21)]
    [TestCase(3, 4, 64)]
    public void Complex_diagonal_scans_agree(int streams, int length, int states)
    {
        var shape = new SequenceShape(streams, length);
        Operand lambda = _pair.Random(2, states, -0.7, 0.7);
        Operand u = _pair.Random(shape.Rows, 2 * states, gap: 3);
        Operand state = _pair.Random(streams, 2 * states);
        Operand y = _pair.Random(shape.Rows, 2 * states);
        foreach (bool backwards in (bool[])[false, true])
        {
            _pair.Run((b, of) => b.DiagonalScan(
                shape, new() { Lambda = of(lambda), U = of(u), Y = of(y), State = of(state), Backwards = backwards }));
            _pair.Check(y);
            _pair.Check(state);
        }

        _pair.Run((b, of) => b.DiagonalScan(shape, new() { Lambda = of(lambda), U = of(u), Y = of(u) }));
        _pair.Check(u);
    }

    [TestCase(1, 1, 1, 1)]
    [TestCase(2, 9, 5, 4)]
    [TestCase(1, 21, 11, 32)]
    [TestCase(3, 6, 35, 7)]
    public void Filters_of_complex_modes_agree(int streams, int length, int channels, int modes)
    {
        var shape = new SequenceShape(streams, length);
        Operand u = _pair.Random(shape.Rows, channels, gap: 2);
        Operand lambda = _pair.Random(2, channels * modes, -0.7, 0.7);
        Operand b = _pair.Random(2, channels * modes, -0.5, 0.5);
        Operand c = _pair.Random(2, channels * modes, -0.5, 0.5);
        Operand d = _pair.Random(1, channels);
        Operand state = _pair.Random(streams, 2 * channels * modes);
        Operand y = _pair.Random(shape.Rows, channels);
        foreach (bool full in (bool[])[true, false])
        {
            _pair.Run((backend, of) => backend.ModalScan(shape, new()
            {
                U = of(u),
                Lambda = of(lambda),
                B = of(b),
                C = of(c),
                D = full ? of(d) : default,
                State = full ? of(state) : default,
                Y = of(y),
                Modes = modes,
            }));
            _pair.Check(y);
            _pair.Check(state);
        }
    }

    /// <summary>Random operands of a selective scan.</summary>
    private sealed class SelectiveCase(
        BackendPair pair, SequenceShape shape, int channels, int size, int heads, bool full, double greatestStep = 2.0)
    {
        private readonly Operand _delta = pair.Random(shape.Rows, channels, -5.0, greatestStep, gap: 1);
        private readonly Operand _b = pair.Random(shape.Rows, heads * size, gap: 7);
        private readonly Operand _c = pair.Random(shape.Rows, heads * size, gap: 7);
        private readonly Operand _a = pair.Random(size, channels, -3.0, -0.1);
        private readonly Operand _d = full ? pair.Random(1, channels) : Operand.None;
        private readonly Operand _gate = full ? pair.Random(shape.Rows, channels, -6.0, 6.0, gap: 2) : Operand.None;

        public SequenceShape Shape => shape;

        public Operand X { get; } = pair.Random(shape.Rows, channels, gap: 5);

        public Operand Y { get; } = pair.Random(shape.Rows, channels, gap: 3);

        public Operand State { get; } = full ? pair.Random(shape.Streams, size * channels) : Operand.None;

        public SelectiveScanOperands Operands(Func<Operand, Tensors.TensorView> of, Operand y) => new()
        {
            X = of(X),
            Delta = of(_delta),
            B = of(_b),
            C = of(_c),
            A = of(_a),
            D = of(_d),
            Gate = of(_gate),
            State = of(State),
            Y = of(y),
            Heads = heads,
        };
    }
}
