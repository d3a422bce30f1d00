using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Estimation;

/// <summary>The matrices of a linear model between two iterations.</summary>
internal sealed record EmModel(Matrix<double> F, Matrix<double> Q, Matrix<double> B, Matrix<double> H, Matrix<double> R)
{
    /// <summary>The matrices of a model.</summary>
    public static EmModel Of(LinearTransition transition, LinearMeasurement sensor)
    {
        (int n, int m, int k, int q) = (transition.StateCount, sensor.Count, transition.InputCount, transition.NoiseCount);
        double[] zero = new double[n];
        double[] next = new double[n];
        double[] f = new double[n * n];
        double[] g = new double[n * q];
        double[] h = new double[m * n];
        double[] a = new double[m * m];
        transition.Linearize(0.0, 1.0, zero, new double[k], next, f, g);
        sensor.Linearize(0.0, zero, new double[m], h);
        sensor.Noise(0.0, zero, a);
        Matrix<double> b = Matrix<double>.Build.Dense(n, k);
        for (int j = 0; j < k; j++)
        {
            double[] unit = new double[k];
            unit[j] = 1.0;
            transition.Propagate(0.0, 1.0, zero, unit, next);
            b.SetColumn(j, next);
        }

        Matrix<double> factor = Matrix<double>.Build.DenseOfRowMajor(n, q, g);
        Matrix<double> noise = Matrix<double>.Build.DenseOfRowMajor(m, m, a);
        return new EmModel(
            Matrix<double>.Build.DenseOfRowMajor(n, n, f), factor.TransposeAndMultiply(factor), b,
            Matrix<double>.Build.DenseOfRowMajor(m, n, h), noise.TransposeAndMultiply(noise));
    }

    /// <summary>The transition.</summary>
    public LinearTransition Transition() => new(F.ToArray(), Symmetric(Q), B.ColumnCount > 0 ? B.ToArray() : null);

    /// <summary>The sensor.</summary>
    public LinearMeasurement Sensor() => new(H.ToArray(), Symmetric(R));

    /// <summary>What a step's inputs add to the state.</summary>
    public Vector<double> Push(double[]? input) =>
        B.ColumnCount > 0 && input is not null ? B * Vector<double>.Build.DenseOfArray(input) : Vector<double>.Build.Dense(F.RowCount);

    private static double[,] Symmetric(Matrix<double> matrix) => (0.5 * (matrix + matrix.Transpose())).ToArray();
}
