using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Tensors;
using HybridControl.Numerics;

namespace HybridControl.Neural.Tests.Backends;

/// <summary>One matrix in the memory of the oracle and of the back-end under test.</summary>
/// <param name="Oracle">In the memory of the plain loops.</param>
/// <param name="Subject">In the memory of the back-end under test.</param>
public readonly record struct Operand(TensorView Oracle, TensorView Subject)
{
    /// <summary>An operand that is left out.</summary>
    public static Operand None => default;

    /// <summary>Some of the rows.</summary>
    public Operand RowsAt(int first, int count) => new(Oracle.RowsAt(first, count), Subject.RowsAt(first, count));
}

/// <summary>Runs operations on the plain loops in double precision and on another back-end, and compares what they wrote.</summary>
public sealed class BackendPair(ITensorBackend subject, ulong seed) : IDisposable
{
    private readonly ScalarBackend<double> _oracle = new();
    private readonly List<IDisposable> _owned = [];
    private long _draw;

    /// <summary>Which of the two an operation runs on.</summary>
    /// <param name="backend">The back-end.</param>
    /// <param name="of">The operand in its memory.</param>
    public delegate void Operation(ITensorBackend backend, Func<Operand, TensorView> of);

    /// <summary>What a difference may be, absolute and relative: the README of the golden vectors for 32 bits.</summary>
    public double Tolerance => subject.Precision == Precision.Single ? 2e-5 : 1e-11;

    /// <summary>A matrix of uniform numbers that single precision holds, with a gap between the rows and some numbers before the first.</summary>
    public Operand Random(int rows, int columns, double low = -1.0, double high = 1.0, int gap = 0)
    {
        int stride = columns + gap;
        var values = new double[gap + (rows * stride)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(low + ((high - low) * Philox4x32.Uniform(seed, 0, 0, _draw++)));
        }

        Operand whole = From(1, values.Length, values);
        return new(View(whole.Oracle), View(whole.Subject));

        TensorView View(TensorView all) => new(all.Buffer, gap, rows, columns, stride);
    }

    /// <summary>A matrix of given numbers.</summary>
    public Operand From(int rows, int columns, double[] values)
    {
        return new(Load(_oracle), Load(subject));

        TensorView Load(ITensorBackend backend)
        {
            TensorBuffer buffer = backend.Allocate(values.Length);
            _owned.Add(buffer);
            var view = new TensorView(buffer, 0, rows, columns, columns);
            backend.Upload(values, view);
            return view;
        }
    }

    /// <summary>The same weight in both memories.</summary>
    public (Weight Oracle, Weight Subject) Weight(int rows, int columns, WeightFormat format)
    {
        var source = new DrawnMatrix(seed + 1, rows, columns);
        (Weight, Weight) weights = (_oracle.LoadWeight(source, format), subject.LoadWeight(source, format));
        _owned.Add(weights.Item1);
        _owned.Add(weights.Item2);
        return weights;
    }

    /// <summary>Runs an operation on both.</summary>
    public void Run(Operation operation)
    {
        operation(_oracle, operand => operand.Oracle);
        operation(subject, operand => operand.Subject);
    }

    /// <summary>Asserts that both hold the same numbers, those between the rows too.</summary>
    public void Check(Operand operand, double times = 1.0)
    {
        double[] expected = Whole(_oracle, operand.Oracle.Buffer);
        double[] found = Whole(subject, operand.Subject.Buffer);
        for (int i = 0; i < expected.Length; i++)
        {
            double bound = times * Tolerance * (1.0 + Math.Abs(expected[i]));
            if (!(Math.Abs(found[i] - expected[i]) <= bound) && !(double.IsNaN(expected[i]) && double.IsNaN(found[i])))
            {
                Assert.Fail($"entry {i} of {expected.Length}: {found[i]:R} where {expected[i]:R} is expected, {bound:E1} apart at most");
            }
        }
    }

    /// <summary>What the back-end under test holds in a view.</summary>
    public double[] Found(Operand operand) => Read(subject, operand.Subject);

    /// <inheritdoc/>
    public void Dispose()
    {
        _owned.ForEach(item => item.Dispose());
        _oracle.Dispose();
    }

    private static double[] Whole(ITensorBackend backend, TensorBuffer buffer) =>
        Read(backend, new TensorView(buffer, 0, 1, (int)buffer.Length, (int)buffer.Length));

    private static double[] Read(ITensorBackend backend, TensorView view)
    {
        var values = new double[view.Count];
        backend.Download(view, values);
        return values;
    }

    /// <summary>A matrix whose entries are drawn when they are read.</summary>
    private sealed class DrawnMatrix(ulong seed, int rows, int columns) : IMatrixSource
    {
        public string Name => "drawn";

        public int Rows => rows;

        public int Columns => columns;

        public void ReadRow(int row, Span<float> target)
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = (float)((2.0 * Philox4x32.Uniform(seed, row, 1, i)) - 1.0);
            }
        }

        public void ReadRow(int row, Span<double> target)
        {
            var single = new float[target.Length];
            ReadRow(row, single);
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = single[i];
            }
        }
    }
}
