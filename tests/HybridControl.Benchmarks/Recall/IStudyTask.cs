using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Layers;

namespace HybridControl.Benchmarks.Recall;

/// <summary>A task that draws its sequences anew for every batch.</summary>
internal interface IStudyTask
{
    /// <summary>Name of the option that selects it.</summary>
    string Name { get; }

    /// <summary>What is measured, for the head of the table.</summary>
    string Measure { get; }

    /// <summary>Numbers of a row.</summary>
    int Signals { get; }

    /// <summary>Numbers that the head gives for a row.</summary>
    int Outputs { get; }

    /// <summary>Lengths that are trained in turn and measured.</summary>
    int[] Lengths { get; }

    /// <summary>Steps of training.</summary>
    int Steps { get; }

    /// <summary>How many digits of the measure count.</summary>
    string Format { get; }

    /// <summary>Rows of a sequence of a length.</summary>
    int RowsOf(int length);

    /// <summary>Records the loss of sequences numbered from first on.</summary>
    Variable Loss(SequenceModel model, Tape tape, BoundParameters bound, int length, int batch, ulong seed, long first);

    /// <summary>The measure on sequences that training has not seen.</summary>
    double Score(SequenceModel model, int length, ulong seed);
}
