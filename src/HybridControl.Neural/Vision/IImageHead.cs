using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>Makes one row of numbers of each image.</summary>
internal interface IImageHead
{
    /// <summary>Numbers of an image that go out.</summary>
    int Outputs { get; }

    /// <summary>Judges images.</summary>
    /// <param name="pass">Memory and back-end.</param>
    /// <param name="images">How many.</param>
    /// <param name="x">A row for each pixel, without gaps.</param>
    /// <param name="y">Receives a row for each image.</param>
    void Apply(ForwardPass pass, int images, TensorView x, TensorView y);
}
