// What the workbench uses of the library, which brings no types as it is served.
declare module 'maplibre-gl' {
  export const Map: any;
  export type Map = any;
  export const Marker: any;
  export const NavigationControl: any;
  export const ScaleControl: any;
}
