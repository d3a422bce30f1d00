using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Benchmarks.Neural;

/// <summary>One operation at one size, as the peer knows it and as we run it.</summary>
/// <param name="Suite">The part of the suite: scan, ssd, gemm, attention.</param>
/// <param name="Case">What the peer calls it.</param>
/// <param name="Sizes">Its sizes, in the peer's order.</param>
/// <param name="Title">What a table calls it.</param>
internal abstract record Operation(string Suite, string Case, int[] Sizes, string Title)
{
    /// <summary>Forms of the peer that compute it; the first is the one that goals are set against.</summary>
    public string[] Forms { get; init; } = ["reference"];

    /// <summary>Millions of floating-point operations in a call, where a rate means something; else 0.</summary>
    public double Megaflops { get; init; }

    /// <summary>Goal: the peer's time over ours; 0 for none.</summary>
    public double Goal { get; init; }

    /// <summary>Largest difference of a result over the largest result.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Makes the operands.</summary>
    public abstract Prepared Prepare(ITensorBackend backend);

    /// <summary>Operands in the memory of a back-end, and what to do with them.</summary>
    /// <param name="backend">Where.</param>
    internal sealed class Prepared(ITensorBackend backend) : IDisposable
    {
        private readonly List<IDisposable> _held = [];

        /// <summary>The operation.</summary>
        public Action Run { get; set; } = () => { };

        /// <summary>What it writes.</summary>
        public TensorView Result { get; set; }

        /// <summary>A matrix of numbers.</summary>
        public TensorView Draw(int seed, int rows, int columns, float low = -1.0f, float high = 1.0f)
        {
            TensorView view = New(rows, columns);
            backend.Upload(new SuiteNumbers(seed, rows, columns, low, high).ToArray(), view);
            return view;
        }

        /// <summary>A matrix of zeros.</summary>
        public TensorView New(int rows, int columns)
        {
            TensorBuffer buffer = backend.Allocate((long)rows * columns);
            _held.Add(buffer);
            return new(buffer, 0, rows, columns, columns);
        }

        /// <summary>A weight.</summary>
        public Weight Load(int seed, int rows, int columns, WeightFormat format)
        {
            Weight weight = backend.LoadWeight(new SuiteNumbers(seed, rows, columns), format);
            _held.Add(weight);
            return weight;
        }

        /// <summary>The entries of the result that the peer shows too.</summary>
        public double[] Sample()
        {
            float[] all = new float[Result.Count];
            backend.Download(Result, all);
            return [.. Enumerable.Range(0, 64).Select(i => (double)all[(long)i * (all.Length - 1) / 63])];
        }

        public void Dispose()
        {
            foreach (IDisposable held in _held)
            {
                held.Dispose();
            }
        }
    }
}
