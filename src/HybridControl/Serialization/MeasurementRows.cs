namespace HybridControl.Serialization;

/// <summary>The rows of one run as they are read.</summary>
internal sealed class MeasurementRows(string name, int width)
{
    /// <summary>The name of the run; empty where the table has no column of runs.</summary>
    public string Name => name;

    /// <summary>Sensors and inputs.</summary>
    public int Width => width;

    /// <summary>Times, in seconds.</summary>
    public List<double> Times { get; } = [];

    /// <summary>Sensors, then inputs, row by row; NaN where one is missing.</summary>
    public List<double> Values { get; } = [];
}
