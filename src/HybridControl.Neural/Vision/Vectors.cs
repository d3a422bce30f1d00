using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Vision;

/// <summary>Parameters that are combined with others before they are loaded.</summary>
internal static class Vectors
{
    /// <summary>The entries of a vector.</summary>
    public static double[] Read(ParameterLoader parameters, string name, int length)
    {
        var values = new double[length];
        parameters.Find(name, 1, length).ReadRow(0, values);
        return values;
    }
}
