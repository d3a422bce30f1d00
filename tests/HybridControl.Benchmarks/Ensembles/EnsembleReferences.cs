namespace HybridControl.Benchmarks.Ensembles;

/// <summary>Exact or nearly exact results of P8a and P8b.</summary>
internal static class EnsembleReferences
{
    /// <summary>The states of a trajectory of P8a after 1000 steps of the same method, in numbers of about 31 digits.</summary>
    public static double[] Lorenz(int i)
    {
        DoubleDouble rho = (DoubleDouble)(21.0 * i) / (EnsemblePlans.Size - 1);
        DoubleDouble h = (DoubleDouble)1.0 / 1000.0;
        DoubleDouble beta = (DoubleDouble)8.0 / 3.0;
        DoubleDouble[] y = [1.0, 0.0, 0.0];
        for (int n = 0; n < 1000; n++)
        {
            DoubleDouble[] k1 = Flow(y);
            DoubleDouble[] k2 = Flow(Stage(k1, h * 0.5));
            DoubleDouble[] k3 = Flow(Stage(k2, h * 0.5));
            DoubleDouble[] k4 = Flow(Stage(k3, h));
            for (int j = 0; j < 3; j++)
            {
                y[j] += h / 6.0 * (k1[j] + (k2[j] * 2.0) + (k3[j] * 2.0) + k4[j]);
            }
        }

        return [.. y.Select(value => value.High)];

        DoubleDouble[] Flow(DoubleDouble[] s) =>
            [(s[1] - s[0]) * 10.0, (s[0] * (rho - s[2])) - s[1], (s[0] * s[1]) - (beta * s[2])];

        DoubleDouble[] Stage(DoubleDouble[] k, DoubleDouble size) => [.. y.Select((value, j) => value + (size * k[j]))];
    }

    /// <summary>The height of a ball of P8b at 5 s, in metres, and the number of its bounces by then.</summary>
    public static (double Height, int Bounces) Ball(int i)
    {
        const double G = 9.81;
        double at = Math.Sqrt(2.0 * EnsemblePlans.HeightOf(i) / G);
        double speed = G * at;
        for (int bounces = 1; ; bounces++)
        {
            speed *= EnsemblePlans.RestitutionOf(i);
            double flight = 2.0 * speed / G;
            double s = 5.0 - at;
            if (s < flight)
            {
                return ((speed * s) - (0.5 * G * s * s), bounces);
            }

            at += flight;
        }
    }
}
