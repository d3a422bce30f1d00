namespace HeartSurface;

/// <summary>How potentials on a circular heart appear on electrodes around it.</summary>
/// <remarks>
/// Laplace's equation between the heart, a circle of radius <c>ratio</c>, and the insulated skin, a circle of radius one: a
/// wave of l periods around the heart reaches the skin weakened to 2 / (ratio^l + ratio^-l), from separation of variables with
/// a given potential inside and no current through the skin. Fine detail is lost exponentially: the inverse problem is ill-posed.
/// </remarks>
public static class VolumeConductor
{
    /// <summary>The matrix from nodes to electrodes, both equally spaced.</summary>
    public static double[,] Matrix(int electrodes, int nodes, double ratio)
    {
        var h = new double[electrodes, nodes];
        for (int i = 0; i < electrodes; i++)
        {
            for (int j = 0; j < nodes; j++)
            {
                double angle = 2.0 * Math.PI * (((double)i / electrodes) - ((double)j / nodes));
                double sum = 1.0;
                for (int l = 1; 2 * l < nodes; l++)
                {
                    sum += 2.0 * Weakening(l, ratio) * Math.Cos(l * angle);
                }

                h[i, j] = sum / nodes;
            }
        }

        return h;
    }

    /// <summary>What is left on the skin of a wave of l periods.</summary>
    public static double Weakening(int l, double ratio) => 2.0 / (Math.Pow(ratio, l) + Math.Pow(ratio, -l));
}
