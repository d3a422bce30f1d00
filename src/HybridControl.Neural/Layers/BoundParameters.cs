using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Layers;

/// <summary>A <see cref="ParameterSet"/> on a tape. Valid until the tape is reset.</summary>
public readonly struct BoundParameters
{
    private readonly Tape _tape;

    internal BoundParameters(Tape tape, Variable all)
    {
        _tape = tape;
        All = all;
    }

    /// <summary>All entries as one column; its gradient is that of every parameter.</summary>
    public Variable All { get; }

    /// <summary>One parameter as a shared matrix.</summary>
    public Variable this[Parameter parameter] => _tape.View(All, parameter.Offset, new(1, parameter.Rows, parameter.Columns));
}
