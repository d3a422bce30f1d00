using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Vision;

/// <summary>A layer that maps images to images, perhaps of another size.</summary>
internal interface IImageLayer
{
    /// <summary>Its name, for observers.</summary>
    string Name { get; }

    /// <summary>Images that go out.</summary>
    ImageGrid Output { get; }

    /// <summary>Maps images.</summary>
    /// <param name="pass">Memory and back-end.</param>
    /// <param name="images">How many.</param>
    /// <param name="x">A row for each pixel, without gaps.</param>
    /// <param name="y">Receives a row for each pixel that goes out; not x.</param>
    void Apply(ForwardPass pass, int images, TensorView x, TensorView y);
}
