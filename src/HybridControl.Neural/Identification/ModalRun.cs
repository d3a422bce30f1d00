namespace HybridControl.Neural.Identification;

/// <summary>One experiment in centred and scaled units.</summary>
internal sealed class ModalRun(string name, double[] inputs, double[] outputs, int rows, int trainRows)
{
    public string Name => name;

    /// <summary>Inputs, row by row.</summary>
    public double[] Inputs => inputs;

    /// <summary>Outputs, row by row; NaN where missing.</summary>
    public double[] Outputs => outputs;

    public int Rows => rows;

    /// <summary>Leading rows to learn from; the others are held out.</summary>
    public int TrainRows => trainRows;
}
