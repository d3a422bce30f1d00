namespace HybridControl.Benchmarks.Solvers;

/// <summary>Lorenz' system and a step of Dormand and Prince's pair, as one would write them by hand.</summary>
internal readonly record struct LorenzPoint(double X, double Y, double Z)
{
    public static LorenzPoint operator +(LorenzPoint a, LorenzPoint b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static LorenzPoint operator *(double a, LorenzPoint b) => new(a * b.X, a * b.Y, a * b.Z);

    public LorenzPoint Slope() => new(10.0 * (Y - X), (X * (28.0 - Z)) - Y, (X * Y) - (8.0 / 3.0 * Z));

    /// <summary>Takes a step and returns the mean square of the scaled error.</summary>
    public static double Step(ref LorenzPoint x, ref LorenzPoint k1, double h, double relative, double absolute)
    {
        LorenzPoint k2 = (x + (h * (1.0 / 5 * k1))).Slope();
        LorenzPoint k3 = (x + (h * ((3.0 / 40 * k1) + (9.0 / 40 * k2)))).Slope();
        LorenzPoint k4 = (x + (h * ((44.0 / 45 * k1) + (-56.0 / 15 * k2) + (32.0 / 9 * k3)))).Slope();
        LorenzPoint k5 = (x + (h * ((19372.0 / 6561 * k1) + (-25360.0 / 2187 * k2) + (64448.0 / 6561 * k3) + (-212.0 / 729 * k4)))).Slope();
        LorenzPoint k6 = (x + (h * ((9017.0 / 3168 * k1) + (-355.0 / 33 * k2) + (46732.0 / 5247 * k3) + (49.0 / 176 * k4) +
            (-5103.0 / 18656 * k5)))).Slope();
        LorenzPoint end = x + (h * ((35.0 / 384 * k1) + (500.0 / 1113 * k3) + (125.0 / 192 * k4) + (-2187.0 / 6784 * k5) + (11.0 / 84 * k6)));
        LorenzPoint k7 = end.Slope();
        LorenzPoint error = h * ((71.0 / 57600 * k1) + (-71.0 / 16695 * k3) + (71.0 / 1920 * k4) + (-17253.0 / 339200 * k5) +
            (22.0 / 525 * k6) + (-1.0 / 40 * k7));
        double sum = Square(error.X, x.X, end.X) + Square(error.Y, x.Y, end.Y) + Square(error.Z, x.Z, end.Z);
        (x, k1) = (end, k7);
        return sum / 3.0;

        double Square(double difference, double from, double to)
        {
            double ratio = difference / (absolute + (relative * Math.Max(Math.Abs(from), Math.Abs(to))));
            return ratio * ratio;
        }
    }
}
