using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Tests.Backends;

public abstract partial class BackendContract
{
    [TestCase(1, 1, 1, 1, 1, 1)]
    [TestCase(2, 1, 6, 5, 2, 7)]
    [TestCase(1, 70, 4, 16, 1, 16)]
    [TestCase(2, 33, 4, 5, 2, 7)]
    [TestCase(1, 200, 6, 24, 3, 40)]
    [TestCase(3, 17, 2, 64, 1, 128)]
    [TestCase(1, 131, 3, 33, 3, 65)]
    [TestCase(2, 5, 2, 64, 2, 64)]
    public void Dual_scans_agree(int streams, int length, int heads, int width, int groups, int size)
    {
        foreach (bool full in (bool[])[true, false])
        {
            SsdCase scan = new(_pair, new SequenceShape(streams, length), heads, width, groups, size, full);
            _pair.Run((b, of) => b.Ssd(scan.Shape, scan.Operands(of, scan.Y)));
            _pair.Check(scan.Y);
            if (full)
            {
                _pair.Check(scan.State);
            }

            _pair.Run((b, of) => b.Ssd(scan.Shape, scan.Operands(of, scan.X)));
            _pair.Check(scan.X);
        }
    }

    [TestCase(96, 4, 8, 2, 12)]
    [TestCase(150, 2, 20, 1, 33)]
    public void A_quadratic_form_chunks_and_a_recurrence_are_one(int length, int heads, int width, int groups, int size)
    {
        SsdCase scan = new(_pair, new SequenceShape(1, length), heads, width, groups, size, full: false);
        double[] quadratic = scan.QuadraticForm(_pair);
        _subject.Ssd(scan.Shape, scan.Operands(operand => operand.Subject, scan.Y));
        double[] chunks = _pair.Found(scan.Y);
        Operand state = _pair.From(1, heads * width * size, new double[heads * width * size]);
        SsdOperands all = scan.Operands(operand => operand.Subject, scan.Y) with { State = state.Subject };
        for (int t = 0; t < length; t++)
        {
            _subject.Ssd(new SequenceShape(1, 1), all with
            {
                X = all.X.RowsAt(t, 1),
                Delta = all.Delta.RowsAt(t, 1),
                B = all.B.RowsAt(t, 1),
                C = all.C.RowsAt(t, 1),
                Y = all.Y.RowsAt(t, 1),
            });
        }

        double[] recurrence = _pair.Found(scan.Y);
        Assert.Multiple(() =>
        {
            for (int i = 0; i < quadratic.Length; i++)
            {
                double bound = 1e-5 * (1.0 + Math.Abs(quadratic[i]));
                Assert.That(chunks[i], Is.EqualTo(quadratic[i]).Within(bound));
                Assert.That(recurrence[i], Is.EqualTo(quadratic[i]).Within(bound));
            }
        });
    }

    /// <summary>Random operands of a state-space-duality scan.</summary>
    private sealed class SsdCase(BackendPair pair, SequenceShape shape, int heads, int width, int groups, int size, bool full)
    {
        private readonly Operand _delta = pair.Random(shape.Rows, heads, full ? -4.0 : 0.0, full ? 1.5 : 0.7, gap: 2);
        private readonly Operand _bias = full ? pair.Random(1, heads) : Operand.None;
        private readonly Operand _a = pair.Random(1, heads, -4.0, -0.2);
        private readonly Operand _b = pair.Random(shape.Rows, groups * size, gap: 3);
        private readonly Operand _c = pair.Random(shape.Rows, groups * size, gap: 1);
        private readonly Operand _d = full ? pair.Random(1, heads) : Operand.None;

        public SequenceShape Shape => shape;

        public Operand X { get; } = pair.Random(shape.Rows, heads * width, gap: 5);

        public Operand Y { get; } = pair.Random(shape.Rows, heads * width, gap: 3);

        public Operand State { get; } = full ? pair.Random(shape.Streams, heads * width * size) : Operand.None;

        public SsdOperands Operands(Func<Operand, TensorView> of, Operand y) => new()
        {
            X = of(X),
            Delta = of(_delta),
            DeltaBias = of(_bias),
            Softplus = full,
            LeastDelta = full ? 0.05 : 0.0,
            GreatestDelta = full ? 1.2 : 0.0,
            A = of(_a),
            B = of(_b),
            C = of(_c),
            D = of(_d),
            State = of(State),
            Y = of(y),
            Heads = heads,
            Groups = groups,
        };

        /// <summary><c>y_i = sum over j of (C_i B_j') exp(sum of dt A from j + 1 to i) dt_j x_j</c>: Dao and Gu, section 5.</summary>
        public double[] QuadraticForm(BackendPair pair)
        {
            double[] x = pair.Found(X);
            double[] delta = pair.Found(_delta);
            double[] a = pair.Found(_a);
            double[] b = pair.Found(_b);
            double[] c = pair.Found(_c);
            var y = new double[x.Length];
            for (int h = 0; h < heads; h++)
            {
                int g = h / (heads / groups);
                for (int i = 0; i < shape.Length; i++)
                {
                    double exponent = 0.0;
                    for (int j = i; j >= 0; j--)
                    {
                        double product = 0.0;
                        for (int k = 0; k < size; k++)
                        {
                            product += c[(((i * groups) + g) * size) + k] * b[(((j * groups) + g) * size) + k];
                        }

                        double factor = product * Math.Exp(exponent) * delta[(j * heads) + h];
                        for (int p = 0; p < width; p++)
                        {
                            y[(((i * heads) + h) * width) + p] += factor * x[(((j * heads) + h) * width) + p];
                        }

                        exponent += delta[(j * heads) + h] * a[h];
                    }
                }
            }

            return y;
        }
    }
}
