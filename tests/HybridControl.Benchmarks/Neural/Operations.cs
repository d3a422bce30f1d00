using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Benchmarks.Neural;

/// <summary>The operations of the suite and their sizes.</summary>
internal static class Operations
{
    private static readonly NormSettings s_norm = new(NormKind.RootMeanSquare, 1e-5);

    /// <summary>All of them.</summary>
    /// <param name="quick">Whether only one size of each is wanted.</param>
    public static IEnumerable<Operation> All(bool quick)
    {
        (int D, int L)[] scans = quick ? [(1536, 512)] : [(1536, 512), (1536, 2048), (2048, 1024), (2048, 2048)];
        foreach ((int d, int length) in scans)
        {
            yield return new SelectiveScanOf(d, 16, length) { Forms = ["reference", "lean"], Goal = 5.0 };
        }

        yield return new SelectiveStepOf(2048, 16);
        foreach (int length in (int[])(quick ? [512] : [512, 2048]))
        {
            yield return new SsdOf(24, 64, 128, length) { Forms = ["reference", "staged", "recurrence"], Goal = 5.0 };
        }

        yield return new SsdStepOf(24, 64, 128);
        (int Rows, int Inputs, int Outputs)[] products = quick
            ? [(512, 2048, 2048), (1, 4096, 14336)]
            : [(512, 2048, 2048), (512, 2560, 10576), (128, 4096, 14336), (16, 2048, 8192), (1, 4096, 14336)];
        foreach ((int rows, int inputs, int outputs) in products)
        {
            Operation product = new ProductOf(rows, inputs, outputs, WeightFormat.Native)
            {
                Forms = ["openblas", "reference"],
                Goal = 0.5,
                Megaflops = 2e-6 * rows * inputs * outputs,
            };
            yield return product;
            if (rows is 1 or 512 && inputs != 2560)
            {
                yield return Rounded(product, WeightFormat.BFloat16, 1e-2);
                yield return Rounded(product, WeightFormat.Int8, 2e-2);
            }
        }

        foreach (int length in (int[])(quick ? [1024] : [1024, 2048]))
        {
            yield return new AttentionOf(16, 64, length, length);
        }

        yield return new AttentionOf(16, 64, 1, 4096);
        yield return new ConvolutionOf(4096, 4, 2048);
        yield return new NormOf(2048, 2048);
    }

    /// <summary>The same product with shorter weights: further from the peer's numbers, no goal.</summary>
    private static ProductOf Rounded(Operation product, WeightFormat format, double tolerance) =>
        new(product.Sizes[0], product.Sizes[1], product.Sizes[2], format)
        {
            Forms = ["openblas"],
            Megaflops = product.Megaflops,
            Tolerance = tolerance,
        };

    private sealed record SelectiveScanOf(int D, int N, int L)
        : Operation("scan", "scan", [D, N, L], $"selective scan, d={D} n={N} L={L}")
    {
        public override Prepared Prepare(ITensorBackend backend) => Scan(backend, D, N, L, keep: false);
    }

    private sealed record SelectiveStepOf(int D, int N) : Operation("scan", "scan step", [D, N], $"selective scan, one token, d={D} n={N}")
    {
        public override Prepared Prepare(ITensorBackend backend) => Scan(backend, D, N, 1, keep: true);
    }

    private sealed record SsdOf(int H, int P, int N, int L) : Operation("ssd", "ssd", [H, P, N, L], $"SSD, H={H} P={P} n={N} L={L}")
    {
        public override Prepared Prepare(ITensorBackend backend) => Dual(backend, H, P, N, L, keep: false);
    }

    private sealed record SsdStepOf(int H, int P, int N) : Operation("ssd", "ssd step", [H, P, N], $"SSD, one token, H={H} P={P} n={N}")
    {
        public override Prepared Prepare(ITensorBackend backend) => Dual(backend, H, P, N, 1, keep: true);
    }

    private sealed record ProductOf(int Rows, int Inputs, int Outputs, WeightFormat Format)
        : Operation("gemm", "product", [Rows, Inputs, Outputs], $"{Rows} x {Inputs} times {Inputs} x {Outputs}{Named(Format)}")
    {
        public override Prepared Prepare(ITensorBackend backend)
        {
            var prepared = new Prepared(backend);
            TensorView x = prepared.Draw(1, Rows, Inputs);
            TensorView y = prepared.New(Rows, Outputs);
            Weight weight = prepared.Load(2, Outputs, Inputs, Format);
            prepared.Run = () => backend.MatMul(x, weight, default, 1.0, 0.0, y);
            prepared.Result = y;
            return prepared;
        }

        private static string Named(WeightFormat format) => format switch
        {
            WeightFormat.BFloat16 => ", weights of 16 bits",
            WeightFormat.Int8 => ", weights of 8 bits",
            _ => "",
        };
    }

    private sealed record AttentionOf(int Heads, int Width, int Queries, int Keys)
        : Operation("attention", "attention", [Heads, Width, Queries, Keys], $"attention, {Heads} heads of {Width}, {Queries} queries, {Keys} keys")
    {
        public override Prepared Prepare(ITensorBackend backend)
        {
            var prepared = new Prepared(backend);
            var operands = new AttentionOperands
            {
                Queries = prepared.Draw(1, Queries, Heads * Width),
                Keys = prepared.Draw(2, Keys, Heads * Width),
                Values = prepared.Draw(3, Keys, Heads * Width),
                Y = prepared.New(Queries, Heads * Width),
                Heads = Heads,
                KeyHeads = Heads,
                Scale = 1.0 / Math.Sqrt(Width),
                Causal = true,
            };
            KeySpan[] spans = [new(0, Keys, 0, Keys - Queries)];
            prepared.Run = () => backend.Attend(new(1, Queries), spans, operands);
            prepared.Result = operands.Y;
            return prepared;
        }
    }

    private sealed record ConvolutionOf(int Channels, int Taps, int L)
        : Operation("attention", "convolution", [Channels, Taps, L], $"causal convolution and silu, {Channels} channels, {Taps} taps, L={L}")
    {
        public override Prepared Prepare(ITensorBackend backend)
        {
            var prepared = new Prepared(backend);
            TensorView x = prepared.Draw(1, L, Channels);
            TensorView weight = prepared.Draw(2, Channels, Taps);
            TensorView bias = prepared.Draw(3, 1, Channels);
            TensorView y = prepared.New(L, Channels);
            prepared.Run = () => backend.Convolve(new(Taps, Activation.Silu), new(1, L), x, weight, bias, default, y);
            prepared.Result = y;
            return prepared;
        }
    }

    private sealed record NormOf(int D, int L) : Operation("attention", "norm", [D, L], $"root mean square norm, {L} rows of {D}")
    {
        public override Prepared Prepare(ITensorBackend backend)
        {
            var prepared = new Prepared(backend);
            TensorView x = prepared.Draw(1, L, D);
            TensorView weight = prepared.Draw(2, 1, D, 0.8f, 1.2f);
            TensorView y = prepared.New(L, D);
            prepared.Run = () => backend.Normalize(s_norm, x, weight, default, default, y);
            prepared.Result = y;
            return prepared;
        }
    }

    private static Operation.Prepared Scan(ITensorBackend backend, int d, int n, int length, bool keep)
    {
        var prepared = new Operation.Prepared(backend);
        var operands = new SelectiveScanOperands
        {
            X = prepared.Draw(1, length, d),
            Delta = prepared.Draw(2, length, d, -4.0f, 0.0f),
            A = prepared.Draw(3, n, d, -16.0f, -0.5f),
            B = prepared.Draw(4, length, n),
            C = prepared.Draw(5, length, n),
            D = prepared.Draw(6, 1, d, 0.8f, 1.2f),
            Gate = prepared.Draw(7, length, d, -2.0f, 2.0f),
            State = keep ? prepared.New(1, n * d) : default,
            Y = prepared.New(length, d),
            Heads = 1,
        };
        prepared.Run = () => backend.SelectiveScan(new(1, length), operands);
        prepared.Result = operands.Y;
        return prepared;
    }

    private static Operation.Prepared Dual(ITensorBackend backend, int heads, int width, int n, int length, bool keep)
    {
        var prepared = new Operation.Prepared(backend);
        var operands = new SsdOperands
        {
            X = prepared.Draw(1, length, heads * width),
            Delta = prepared.Draw(2, length, heads, -4.0f, 0.0f),
            A = prepared.Draw(3, 1, heads, -16.0f, -1.0f),
            B = prepared.Draw(4, length, n),
            C = prepared.Draw(5, length, n),
            D = prepared.Draw(6, 1, heads, 0.8f, 1.2f),
            State = keep ? prepared.New(1, heads * width * n) : default,
            Y = prepared.New(length, heads * width),
            Softplus = true,
            Heads = heads,
            Groups = 1,
        };
        prepared.Run = () => backend.Ssd(new(1, length), operands);
        prepared.Result = operands.Y;
        return prepared;
    }
}
