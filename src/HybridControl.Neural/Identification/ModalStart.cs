using System.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>Where the training of a modal system begins: poles, and all else by linear least squares for them.</summary>
internal static class ModalStart
{
    // Slower or faster than a run of samples can tell.
    private const double LeastDecay = 1e-5;
    private const double MostDecay = 5.0;

    /// <summary>One exponent for each pair or real pole.</summary>
    public static Complex[] Exponents(IReadOnlyList<Complex> multipliers) =>
    [
        .. multipliers.Where(multiplier => multiplier.Imaginary >= 0.0).Select(multiplier =>
        {
            double radius = Complex.Abs(multiplier);
            double decay = Math.Clamp(Math.Abs(Math.Log(Math.Max(radius, 1e-9))), LeastDecay, MostDecay);
            double angle = multiplier.Phase;
            return new Complex(-decay, angle);
        }).OrderBy(Complex.Abs),
    ];

    /// <summary>Pairs whose frequencies spread evenly on a logarithmic scale, and a real pole where the order is odd: where nothing better is known.</summary>
    public static Complex[] Spread(int order, int rows)
    {
        int pairs = order / 2;
        double low = 2.0 * Math.PI * 2.0 / Math.Max(rows, 16);
        var exponents = new List<Complex>();
        for (int i = 0; i < pairs; i++)
        {
            double frequency = low * Math.Pow(0.5 * Math.PI / low, (i + 0.5) / pairs);
            exponents.Add(new(-0.2 * frequency, frequency));
        }

        if (order % 2 == 1)
        {
            exponents.Add(new(-4.0 * low, 0.0));
        }

        return [.. exponents];
    }

    /// <summary>The system of least squared error for fixed poles, and the state before each run.</summary>
    public static (ModalSystem System, Complex[][] Initial) Fit(ModalData data, Complex[] exponents)
    {
        int p = data.Inputs;
        var system = new ModalSystem(exponents.Length, p, data.Outputs);
        exponents.CopyTo(system.Exponents, 0);
        var regression = new ModalRegression(p, data.Outputs, exponents);
        double[] solution = regression.Solve(data.Runs, out int width);
        for (int o = 0; o < data.Outputs; o++)
        {
            ReadOnlySpan<double> row = solution.AsSpan(o * width, width);
            row.Slice(width - p - 1, p).CopyTo(system.D.AsSpan(o * p));
            system.Offset[o] = row[^1];
        }

        for (int mode = 0; mode < exponents.Length; mode++)
        {
            Separate(system, mode, regression.Residue(solution, mode));
        }

        Normalize(system, data);
        return (system, [.. data.Runs.Select(run => regression.Initial(system, run, run.TrainRows))]);
    }

    // The nearest product of a column of C and a row of B: alternating least squares, which is the power method.
    private static void Separate(ModalSystem system, int mode, Complex[] residue)
    {
        (int m, int p) = (system.Outputs, system.Inputs);
        Complex[] b = [.. Enumerable.Repeat(Complex.One, p)];
        var c = new Complex[m];
        for (int round = 0; round < 60; round++)
        {
            double length = Math.Sqrt(b.Sum(value => (value * Complex.Conjugate(value)).Real));
            for (int j = 0; j < p; j++)
            {
                b[j] = length > 0.0 ? b[j] / length : 1.0 / Math.Sqrt(p);
            }

            for (int o = 0; o < m; o++)
            {
                c[o] = Enumerable.Range(0, p).Aggregate(Complex.Zero, (sum, j) => sum + (residue[(o * p) + j] * Complex.Conjugate(b[j])));
            }

            double square = c.Sum(value => (value * Complex.Conjugate(value)).Real);
            if (p == 1 || square == 0.0)
            {
                break;
            }

            for (int j = 0; j < p; j++)
            {
                b[j] = Enumerable.Range(0, m).Aggregate(Complex.Zero, (sum, o) => sum + (Complex.Conjugate(c[o]) * residue[(o * p) + j])) / square;
            }
        }

        for (int j = 0; j < p; j++)
        {
            system.B[(mode * p) + j] = b[j];
        }

        for (int o = 0; o < m; o++)
        {
            system.C[(o * system.Modes) + mode] = c[o];
        }
    }

    // States of root mean square one: steps of one rate then suit all parameters.
    private static void Normalize(ModalSystem system, ModalData data)
    {
        var squares = new double[system.Modes];
        int rows = 0;
        foreach (ModalRun run in data.Runs)
        {
            ModalPass pass = system.Follow(run, new Complex[system.Modes], corrects: false);
            for (int k = 0; k < run.TrainRows; k++, rows++)
            {
                for (int i = 0; i < system.Modes; i++)
                {
                    Complex s = pass.Prior(k)[i];
                    squares[i] += (s.Real * s.Real) + (s.Imaginary * s.Imaginary);
                }
            }
        }

        for (int i = 0; i < system.Modes; i++)
        {
            double scale = Math.Sqrt(squares[i] / Math.Max(rows, 1));
            scale = scale > 0.0 && double.IsFinite(scale) ? scale : 1.0;
            for (int j = 0; j < system.Inputs; j++)
            {
                system.B[(i * system.Inputs) + j] /= scale;
            }

            for (int o = 0; o < system.Outputs; o++)
            {
                system.C[(o * system.Modes) + i] *= scale;
            }
        }
    }
}
